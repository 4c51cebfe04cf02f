#!/usr/bin/env bash
# Emmett 0.42.0 on PostgreSQL reads text of digits back as a BigInt where the number is above 2^53: ids of Texas meters change their type.
#
# Guess: what is text in an event's data is text when it is read; a BigInt cannot be written, or comes back as text.
# Seen: a BigInt is written as text, and every text that BigInt() takes and that is no safe integer is read as one. An ESI ID of 17 or 22 digits
# comes back as a BigInt, a shorter number as text; an id that begins with zeros loses them; a hexadecimal text becomes its number. JSON.stringify
# of an event that was read then throws.
# So: an id of digits needs a letter in front before it is given to this store, or its reader makes text of it again and pads it.
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
const data = {
  esi17: "10443720001234567",
  esi22: "1008901023803000100100",
  padded: "0010443720001234567",
  hexadecimal: "0x10443720001234567",
  short: "123456789012",
  written: 10443720001234567n,
};
await store.appendToStream("meters", [{ type: "MeterRegistered", data }]);
const [read] = (await store.readStream("meters")).events;
for (const name of Object.keys(data)) console.log(`${name}: ${typeof read.data[name]} ${read.data[name]}`);
try {
  JSON.stringify(read.data);
  console.log("as JSON: written");
} catch (why) {
  console.log(`as JSON: ${why.name}`);
}
await store.close();
JS
package="$place/js/node_modules/@event-driven-io/emmett-postgresql/package.json"
found="emmett-postgresql $(node -p "require('$package').version")
$(node "$place/js/try.mjs" "$place")"
echo "$found"
expected="emmett-postgresql 0.42.0
esi17: bigint 10443720001234567
esi22: bigint 1008901023803000100100
padded: bigint 10443720001234567
hexadecimal: bigint 18753958617645532519
short: string 123456789012
written: bigint 10443720001234567
as JSON: TypeError"
[ "$found" = "$expected" ] || { echo "this has changed; expected:"; echo "$expected"; exit 1; }
