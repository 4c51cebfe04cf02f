#!/usr/bin/env bash
# Emmett 0.42.0: a reactor with eachBatch, which its types offer, is never called, and its checkpoint moves to the last event.
#
# Guess: eachBatch gets the events in batches; it was to be the faster way to rebuild a counter.
# Seen: neither the batch handler nor anything else is called, nothing is raised or logged, and each event is kept as handled: a consumer that is
# started again begins after the last one. The same reactor with eachMessage gets all of them, with a statement for the checkpoint after each.
# So: a batch handler loses every event silently; use eachMessage, and pay a checkpoint an event, or read pages with readMessagesBatch.
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
import { dumbo } from "@event-driven-io/dumbo";
import { getPostgreSQLEventStore, postgreSQLEventStoreConsumer } from "@event-driven-io/emmett-postgresql";
const connectionString = `postgresql://postgres@localhost/postgres?host=${process.argv[2]}`;
const store = getPostgreSQLEventStore(connectionString);
await store.appendToStream("meter", Array.from({ length: 20 }, () => ({ type: "Reading", data: { kwh: 1 } })));
const pool = dumbo({ connectionString });
for (const handler of ["eachBatch", "eachMessage"]) {
  let kwh = 0;
  const consumer = postgreSQLEventStoreConsumer({ connectionString, stopWhen: { noMessagesLeft: true } });
  const take = (found) => {
    for (const one of [found].flat()) kwh += one.data.kwh;
  };
  consumer.reactor({ processorId: `counts-${handler}`, [handler]: take });
  await consumer.start();
  await consumer.close();
  const { rows } = await pool.execute.query({ text: `SELECT last_processed_checkpoint AS at FROM emt_processors WHERE processor_id = 'counts-${handler}'`, values: [] }).catch((why) => ({ rows: [{ at: why.message }] }));
  console.log(`${handler}: ${kwh} of 20 kWh counted, checkpoint ${Number(rows[0]?.at)}`);
}
await store.close();
await pool.close();
JS
package="$place/js/node_modules/@event-driven-io/emmett-postgresql/package.json"
found="emmett-postgresql $(node -p "require('$package').version")
$(node "$place/js/try.mjs" "$place")"
echo "$found"
expected="emmett-postgresql 0.42.0
eachBatch: 0 of 20 kWh counted, checkpoint 20
eachMessage: 20 of 20 kWh counted, checkpoint 20"
[ "$found" = "$expected" ] || { echo "this has changed; expected:"; echo "$expected"; exit 1; }
