// Before anything is seen: that there is JavaScript, and the theme that was chosen last.
document.documentElement.dataset.script = "on";
try {
  const theme = localStorage.getItem("wsgibench-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // A browser may refuse storage to a file: then the system's theme is shown.
}
