// Checks in the browser that the bytes of a record are in the log: RFC 6962 hashes from the leaf up to the root
// that a signed checkpoint states, and the checkpoint's Ed25519 signature. What the server says of it is not used.
"use strict";
(() => {
  const prove = document.getElementById("prove");
  if (!prove) return;
  const byId = (id) => document.getElementById(id);
  const raw = byId("raw"), verdict = byId("verdict"), steps = byId("steps");
  const encoder = new TextEncoder(), LEAF = 0, NODE = 1, ED25519 = 1;

  const bytesOf = (base64) => Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
  const ofHex = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (two) => parseInt(two, 16));
  const hex = (bytes) => [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
  const joined = (...parts) => {
    const all = new Uint8Array(parts.reduce((size, one) => size + one.length, 0));
    parts.reduce((at, one) => (all.set(one, at), at + one.length), 0);
    return all;
  };
  const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
  const same = (a, b) => a.length === b.length && a.every((one, n) => one === b[n]);

  // RFC 9162 2.1.3.2: the root that a leaf's hash and the hashes beside its way up make; null where they do not fit.
  async function rootOf(index, size, leaf, hashes) {
    let at = index, last = size - 1, found = leaf;
    for (const beside of hashes) {
      if (last === 0) return null;
      if (at % 2 === 1 || at === last) {
        found = await sha256([NODE], beside, found);
        while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
      } else found = await sha256([NODE], found, beside);
      [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
    }
    return last === 0 ? found : null;
  }

  function checkpointOf(note) {
    const end = note.lastIndexOf("\n\n");
    const [origin, size, root] = note.slice(0, end + 1).split("\n");
    const signatures = note.slice(end + 2).split("\n").filter(Boolean).map((line) => line.split(" "));
    if (end < 0 || !/^[1-9][0-9]{0,15}$/.test(size)) throw new Error("the checkpoint has not its form");
    return { origin, size: Number(size), root: bytesOf(root), text: encoder.encode(note.slice(0, end + 1)), signatures };
  }

  // C2SP signed notes: true or false, or null where this browser cannot tell.
  async function signedBy(checkpoint, vkey) {
    const [, name, hash, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey) ?? [];
    if (!name) throw new Error("the verifier key has not its form, NAME+HASH+KEY");
    const key = bytesOf(encoded);
    const own = (await sha256(encoder.encode(`${name}\n`), key)).slice(0, 4);
    if (key[0] !== ED25519 || key.length !== 33 || hex(own) !== hash) throw new Error("the verifier key is damaged");
    if (name !== checkpoint.origin) return false;
    let imported;
    try {
      imported = await crypto.subtle.importKey("raw", key.slice(1), { name: "Ed25519" }, false, ["verify"]);
    } catch {
      return null;
    }
    for (const [, signer, signature] of checkpoint.signatures) {
      const said = signer === name ? bytesOf(signature) : new Uint8Array();
      if (said.length === 68 && hex(said.slice(0, 4)) === hash)
        if (await crypto.subtle.verify("Ed25519", imported, said.slice(4), checkpoint.text)) return true;
    }
    return false;
  }

  const count = (number) => number.toLocaleString("en-US");

  function tell(words, kind) {
    verdict.textContent = words;
    verdict.dataset.verdict = kind;
    verdict.className = `verdict notice ${kind === "in" ? "good" : "bad"}`;
  }
  function step(words) {
    const line = document.createElement("li");
    line.textContent = words;
    steps.append(line);
  }
  async function asked(path) {
    const answer = await fetch(path, { headers: { Accept: "application/json" } });
    const found = await answer.json();
    if (!answer.ok) throw new Error(found.detail);
    return found;
  }

  async function check() {
    steps.replaceChildren();
    if (!window.crypto?.subtle) {
      tell("Not checked: browsers compute hashes only on pages that come by https or from this machine.", "unknown");
      return;
    }
    verdict.textContent = "Checking...";
    try {
      const proof = await asked(`/api/v1/proof/inclusion?record=${prove.dataset.record}`);
      const index = Number(prove.dataset.index);
      const checkpoint = checkpointOf(proof.checkpoint ?? "");
      const leaf = encoder.encode(raw.value);
      const hash = await sha256([LEAF], leaf);
      step(`SHA-256 of a zero byte and these ${leaf.length} bytes: ${hex(hash)}`);
      const hashes = proof.hashes.map(ofHex);
      const root = hashes.every((one) => one.length === 32) ? await rootOf(index, checkpoint.size, hash, hashes) : null;
      step(`${hashes.length} hashes beside its way up, from place ${count(index)} of ${count(checkpoint.size)}, make the root: ${root ? hex(root) : "they do not fit"}`);
      step(`The checkpoint of ${checkpoint.origin} over ${count(checkpoint.size)} records states the root: ${hex(checkpoint.root)}`);
      if (!root || !same(root, checkpoint.root)) {
        tell("NOT in the log: these bytes are not the ones under the checkpoint's root.", "out");
        return;
      }
      const given = byId("key").value.trim();
      const vkey = given || (await asked("/api/v1/checkpoint")).key;
      const whose = given ? "the key that you gave" : "the key that this server names, compare it with the one that you were given";
      const signed = vkey ? await signedBy(checkpoint, vkey) : null;
      if (signed === false) {
        step(`${vkey} has not signed it`);
        tell("NOT proven: the bytes are under the root, but the checkpoint is not signed by that key.", "out");
      } else if (signed === null) {
        step(vkey ? "This browser cannot check Ed25519 signatures" : "No verifier key is at hand");
        tell(`In the tree of ${count(checkpoint.size)} records at place ${count(index)}; the checkpoint's signature was not checked. wattledger verify checks it.`, "in");
      } else {
        step(`${vkey} has signed it (${whose})`);
        tell(`In the log: record ${count(index)} of the ${count(checkpoint.size)} that ${checkpoint.origin} has signed.`, "in");
      }
    } catch (why) {
      tell(`Not checked: ${why.message}`, "unknown");
    }
  }

  function restore() {
    raw.value = new TextDecoder().decode(bytesOf(prove.dataset.leaf));
    return check();
  }
  byId("check").addEventListener("click", check);
  byId("restore").addEventListener("click", restore);
  restore();
})();
