// Runs before the page is drawn: sets the theme and the language, so that nothing changes colour afterwards.

(() => {
  const read = (name) => {
    try {
      return localStorage.getItem(`loqui-${name}`);
    } catch {
      return null;
    }
  };
  const theme = read('theme');
  if (theme) document.documentElement.dataset.theme = theme;
  const known = ['en', 'de'];
  const wanted = [read('language'), ...navigator.languages.map((code) => code.slice(0, 2))];
  document.documentElement.lang = wanted.find((code) => known.includes(code)) ?? 'en';
})();
