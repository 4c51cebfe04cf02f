// Reads a chosen file into its form, so that it travels as a field; nothing leaves before the form is sent.
"use strict";
(() => {
  const file = document.getElementById("file"), data = document.getElementById("file-data");
  file.addEventListener("change", async () => {
    const chosen = file.files[0];
    data.value = "";
    if (!chosen) return;
    const bytes = new Uint8Array(await chosen.arrayBuffer());
    let text = "";
    for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    data.value = btoa(text).replaceAll("+", "-").replaceAll("/", "_");
    document.getElementById("file-name").value = chosen.name;
  });
})();
