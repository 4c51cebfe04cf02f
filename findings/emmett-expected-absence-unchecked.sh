#!/usr/bin/env bash
# Emmett 0.42.0 on PostgreSQL appends to a stream that exists although STREAM_DOES_NOT_EXIST was expected; its store in memory refuses.
#
# Guess: an append that expects STREAM_DOES_NOT_EXIST is refused on a stream with events, and STREAM_EXISTS on one without, as in its store in
# memory.
# Seen: on PostgreSQL both words mean "no check": the append is taken, and says that it created the stream. Expecting 0n is refused as it should be.
# So: whoever opens an account, a meter or a lease once expects 0n. A test with the store in memory does not show this.
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
import { getInMemoryEventStore } from "@event-driven-io/emmett";
import { getPostgreSQLEventStore } from "@event-driven-io/emmett-postgresql";
const postgres = getPostgreSQLEventStore(`postgresql://postgres@localhost/postgres?host=${process.argv[2]}`);
const event = [{ type: "MeterRegistered", data: {} }];
for (const [name, store] of [["in memory", getInMemoryEventStore()], ["PostgreSQL", postgres]]) {
  await store.appendToStream("there", event);
  for (const [stream, expected] of [["there", "STREAM_DOES_NOT_EXIST"], ["absent", "STREAM_EXISTS"], ["there", 0n]]) {
    let said;
    try {
      const { createdNewStream, nextExpectedStreamVersion } = await store.appendToStream(stream, event, { expectedStreamVersion: expected });
      said = `appended as version ${nextExpectedStreamVersion}, created ${createdNewStream}`;
    } catch (why) {
      said = "refused";
    }
    console.log(`${name}, ${stream} expecting ${expected}: ${said}`);
  }
}
await postgres.close();
JS
package="$place/js/node_modules/@event-driven-io/emmett-postgresql/package.json"
found="emmett-postgresql $(node -p "require('$package').version")
$(node "$place/js/try.mjs" "$place")"
echo "$found"
expected="emmett-postgresql 0.42.0
in memory, there expecting STREAM_DOES_NOT_EXIST: refused
in memory, absent expecting STREAM_EXISTS: refused
in memory, there expecting 0: refused
PostgreSQL, there expecting STREAM_DOES_NOT_EXIST: appended as version 2, created true
PostgreSQL, absent expecting STREAM_EXISTS: appended as version 1, created true
PostgreSQL, there expecting 0: refused"
[ "$found" = "$expected" ] || { echo "this has changed; expected:"; echo "$expected"; exit 1; }
