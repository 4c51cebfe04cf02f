// Emmett on PostgreSQL, in a process of its own; speaks as worker.py does, and has the rule of readings.py.
//
//     node emmett.mjs ADDRESS VERSION
//
// An append expects the version of its stream. A read is by pages of the log, a projection is a reactor of a
// consumer that begins at the first event, with a page as large and no waiting between pages.
import { createInterface } from "node:readline";
import { dumbo } from "@event-driven-io/dumbo";
import { getPostgreSQLEventStore, postgreSQLEventStoreConsumer, readMessagesBatch } from "@event-driven-io/emmett-postgresql";

const [address, version] = process.argv.slice(2);
const METERS = 35, START = Date.UTC(2005, 0, 1), QUARTER = 900_000, PAGE = 5_000;
const site = (meter) => `site-${String(meter).padStart(2, "0")}`;
const reading = (meter, n) => ({
  site: site(meter),
  meter: "r1",
  start: new Date(START + n * QUARTER).toISOString().replace(".000", ""),
  interval_s: 900,
  power_of_ten: 3,
  values: [20_000 + ((17 * n + 5 * meter) % 4_000)],
  quality: [17],
});
const store = getPostgreSQLEventStore(address);
const pool = dumbo({ connectionString: address });
const say = (found) => process.stdout.write(JSON.stringify(found) + "\n");

async function* events() {
  for (let after = 0n; ; ) {
    const page = await readMessagesBatch(pool.execute, { after, batchSize: PAGE });
    yield* page.messages;
    if (!page.areMessagesLeft) return;
    after = page.currentGlobalPosition;
  }
}

let rebuilds = 0;
const reads = {
  read: async () => {
    let count = 0;
    for await (const one of events()) count += one.data.values.length;
    return count;
  },
  project: async () => {
    const found = new Map();
    const consumer = postgreSQLEventStoreConsumer({
      connectionString: address,
      pulling: { batchSize: PAGE, pullingFrequencyInMs: 0 },
      stopWhen: { noMessagesLeft: true },
    });
    consumer.reactor({
      processorId: `peers-${(rebuilds += 1)}`,
      startFrom: "BEGINNING",
      eachMessage: (one) => {
        const name = one.metadata.streamName;
        found.set(name, (found.get(name) ?? 0) + one.data.values.length);
      },
    });
    await consumer.start();
    await consumer.close();
    return [...found.values()].reduce((sum, one) => sum + one, 0);
  },
};

await store.readStream("nothing"); // makes the schema
const shown = {};
for (const name of ["fsync", "synchronous_commit", "wal_sync_method", "full_page_writes"]) {
  const asked = await pool.execute.query({ text: `SHOW ${name}`, values: [] }).catch(() => undefined);
  shown[name] = asked?.rows?.[0]?.[name];
}
const durability = Object.entries(shown).map(([name, value]) => `${name}=${value}`).join(", ");
say({ version, class: "@event-driven-io/emmett-postgresql", durability, reading: JSON.stringify(reading(7, 12_345)) });

const given = Array(METERS).fill(0);
let meter = METERS - 1;
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const asked = async () => { const { value, done } = await lines.next(); return done ? undefined : JSON.parse(value); };
for (let ask; (ask = await asked()); ) {
  let count;
  const calls = [];
  if (ask.do === "append") {
    for (let n = 0; n < ask.calls; n += 1) {
      meter = (meter + 1) % METERS;
      const before = given[meter];
      given[meter] += ask.size;
      calls.push([`${site(meter)}/r1`, before, Array.from({ length: ask.size }, (_, k) => ({ type: "Reading", data: reading(meter, before + k) }))]);
    }
    say({ ready: true });
    await asked();
  }
  const begun = performance.now();
  if (ask.do === "append") {
    for (const [stream, before, all] of calls) await store.appendToStream(stream, all, { expectedStreamVersion: BigInt(before) });
    count = ask.size * ask.calls;
  } else count = await reads[ask.do]();
  say({ count, wall_s: (performance.now() - begun) / 1000 });
}
await store.close();
await pool.close();
