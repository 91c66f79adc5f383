// Files that the page carries, saved from memory; and texts to copy.
const files = JSON.parse(document.getElementById("files-data").textContent);

for (const button of document.querySelectorAll("[data-file]")) {
  const file = files[button.dataset.file];
  button.addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([file.text], { type: file.type }));
    link.download = button.dataset.file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  });
}

for (const button of document.querySelectorAll(".copy")) {
  button.addEventListener("click", async () => {
    const code = button.parentElement.querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
      say("Copied.");
    } catch {
      // Where a page may not write the clipboard, the text is marked for the user to copy.
      getSelection().selectAllChildren(code);
      button.textContent = "Marked: copy it";
    }
    setTimeout(() => (button.textContent = "Copy"), 2_000);
  });
}
