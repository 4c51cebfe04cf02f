// Runs the script of the verifier page in Node, without a page: one question a line on standard input, one answer a line on standard output.
//   node page.mjs PAGE   {"bundle": path, "key", "streams", "start", "stop", "state": path or null, "policy": text or null, "maxAge", "now", "receipts", "acceptOld"}
import fs from "node:fs";
import readline from "node:readline";
import vm from "node:vm";

const page = fs.readFileSync(process.argv[2], "utf8");
const script = /<script>([^]*)<\/script>/.exec(page)[1];
const verify = vm.runInNewContext(`${script}\nverify;`, { TextEncoder, TextDecoder, atob, btoa });

for await (const line of readline.createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  const state = asked.state === null ? null : new Uint8Array(fs.readFileSync(asked.state));
  const receipts = asked.receipts.map(([name, data]) => [name, new Uint8Array(Buffer.from(data, "base64"))]);
  const answer = await verify(new Uint8Array(fs.readFileSync(asked.bundle)), { ...asked, state, receipts });
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
