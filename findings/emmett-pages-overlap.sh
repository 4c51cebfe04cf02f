#!/usr/bin/env bash
# Emmett 0.42.0 on PostgreSQL gives one event more than maxCount when a stream is read from a position: pages overlap.
#
# Guess: from 10 with maxCount 2 gives events 10 and 11; the next page begins at 12, and "to" ends before its position.
# Seen: the end is from + maxCount and belongs to the page: events 10, 11 and 12. From the beginning, where from is 0 and positions begin at 1, it
# gives two. A reader that pages by from += maxCount meets every event at the seam of two pages twice; a sum of readings is too large.
# So: page by the position of the last event that was read plus one, or ask for one less from the second page on.
# It needs Node and Debian's package postgresql (15), whose programs it starts in a temporary folder as the user nobody, or as this one.
set -euo pipefail
place="$(mktemp -d)"
bin="$(ls -d /usr/lib/postgresql/*/bin | tail -1)"
as=()
if [ "$(id -u)" = 0 ]; then
    chown nobody "$place"
    as=(setpriv --reuid nobody --regid nogroup --clear-groups)
fi
trap '"${as[@]}" "$bin/pg_ctl" -D "$place/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$place"' EXIT
cd /
"${as[@]}" "$bin/initdb" -D "$place/data" -U postgres -A trust >/dev/null
"${as[@]}" "$bin/pg_ctl" -D "$place/data" -l "$place/log" -w start \
    -o "-c listen_addresses='' -c unix_socket_directories=$place" >/dev/null
mkdir "$place/js"
npm install --silent --no-audit --no-fund --prefix "$place/js" \
    @event-driven-io/emmett@0.42.0 @event-driven-io/emmett-postgresql@0.42.0 @event-driven-io/pongo@0.16.11 >/dev/null
cat >"$place/js/try.mjs" <<'JS'
import { getPostgreSQLEventStore } from "@event-driven-io/emmett-postgresql";
const store = getPostgreSQLEventStore(`postgresql://postgres@localhost/postgres?host=${process.argv[2]}`);
await store.appendToStream("meter", Array.from({ length: 20 }, () => ({ type: "Reading", data: { kwh: 1 } })));
const positions = async (options) => (await store.readStream("meter", options)).events.map((one) => Number(one.metadata.streamPosition));
console.log(`maxCount 2: ${await positions({ maxCount: 2n })}`);
console.log(`from 10, maxCount 2: ${await positions({ from: 10n, maxCount: 2n })}`);
console.log(`from 10, maxCount 1: ${await positions({ from: 10n, maxCount: 1n })}`);
let sum = 0;
for (let from = 1n; from <= 20n; from += 5n) {
  for (const one of (await store.readStream("meter", { from, maxCount: 5n })).events) sum += one.data.kwh;
}
console.log(`20 readings of 1 kWh in pages of 5: ${sum} kWh`);
await store.close();
JS
package="$place/js/node_modules/@event-driven-io/emmett-postgresql/package.json"
found="emmett-postgresql $(node -p "require('$package').version")
$(node "$place/js/try.mjs" "$place")"
echo "$found"
expected="emmett-postgresql 0.42.0
maxCount 2: 1,2
from 10, maxCount 2: 10,11,12
from 10, maxCount 1: 10,11
20 readings of 1 kWh in pages of 5: 23 kWh"
[ "$found" = "$expected" ] || { echo "this has changed; expected:"; echo "$expected"; exit 1; }
