// Looks at the reports in a browser; the folder holds them and the summaries to compare them with.
const fs = require('fs');
const puppeteer = require('puppeteer-core');

const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const MODES = [
  { name: 'light', width: 1000 },
  { name: 'dark', width: 1000, scheme: 'dark' },
  { name: 'print', width: 760, media: 'print' },
  { name: 'narrow', width: 400 },
];
let problems = 0;

function problem(text) {
  problems += 1;
  console.log(`problem: ${text}`);
}

// The data-values of a figure's table: one object a row, by heading without the unit.
function readFigure(id) {
  const table = document.querySelector(`#${id} table`);
  const headings = [...table.querySelectorAll('thead th')].map((cell) => cell.textContent.trim().replace(/ [kMGTPE]?B$/, ''));
  return [...table.querySelectorAll('tbody tr')].map((row) =>
    Object.fromEntries([...row.children].map((cell, at) => [headings[at], cell.dataset.value ?? cell.textContent.trim()])));
}

function compare(what, shown, expected) {
  const [one, other] = [shown, expected].map((pairs) => JSON.stringify(pairs.filter(([, value]) => value !== '0').sort()));
  if (one !== other) problem(`${what}: the report has ${one.slice(0, 300)}, summary has ${other.slice(0, 300)}`);
  else console.log(`${what}: ${expected.length} figures are those of summary`);
}

function split(rows, group) {
  return rows.flatMap((row) => ['home', 'national', 'international'].map((network) => [`${row[group]} ${network}`, row[network]]));
}

(async () => {
  const browser = await puppeteer.launch({ executablePath: process.argv[2], args: ['--no-sandbox', '--disable-gpu'] });
  for (const file of ['account', 'fleet', 'hostile']) {
    for (const mode of MODES) {
      const page = await browser.newPage();
      page.on('console', (message) => problem(`${file}, ${mode.name}: console: ${message.text()}`));
      page.on('pageerror', (error) => problem(`${file}, ${mode.name}: ${error}`));
      page.on('dialog', (dialog) => { problem(`${file}: a dialog opened`); dialog.dismiss(); });
      page.on('request', (request) => {
        if (!request.url().startsWith('file://')) problem(`${file}: asks for ${request.url()}`);
      });
      await page.setViewport({ width: mode.width, height: 900 });
      // Both at once: the page's own two functions each undo the other.
      const features = [{ name: 'prefers-color-scheme', value: mode.scheme ?? 'light' }];
      await (await page.createCDPSession()).send('Emulation.setEmulatedMedia', { media: mode.media ?? 'screen', features });
      await page.goto(`file://${process.cwd()}/${file}.html`);
      const isMode = await page.evaluate((media, scheme) => matchMedia(media).matches && matchMedia(`(prefers-color-scheme: ${scheme})`).matches,
        mode.media ?? 'screen', mode.scheme ?? 'light');
      if (!isMode) problem(`${file}, ${mode.name}: the browser shows another mode`);
      await page.screenshot({ path: `${file}-${mode.name}.png`, fullPage: true });
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (sideways > 0) problem(`${file}, ${mode.name}: the page scrolls sideways by ${sideways} pixels`);
      const alien = await page.evaluate(() => document.querySelectorAll('script, img, [onerror], [onload], [onclick]').length);
      if (alien > 0) problem(`${file}: ${alien} elements that the report does not make`);
      if (file === 'account' && mode.name === 'light') {
        const json = (name) => JSON.parse(fs.readFileSync(`${name}.json`, 'utf8')).rows;
        for (const group of ['day', 'month']) {
          const rows = await page.evaluate(readFigure, `usage-by-${group}`);
          compare(`data by ${group}`, rows.map((row) => [row[group], row.total]), json(group).map((row) => [row[group], row.data_total]));
          compare(`data by ${group} and network`, split(rows, group),
            json(`${group}-network`).map((row) => [`${row[group]} ${row.network}`, row.data_total]));
        }
        const countries = await page.evaluate(readFigure, 'usage-by-country');
        compare('data by country', countries.map((row) => [row.country, row.data]),
          json('country').map((row) => [row.country || 'home and national', row.data_total]));
        const commands = await page.evaluate(readFigure, 'commands-by-month');
        compare('Commands by month', commands.flatMap((row) => [[`${row.month} to`, row['to SIMs']], [`${row.month} from`, row['from SIMs']], [row.month, row.total]]),
          json('month').flatMap((row) => [[`${row.month} to`, row.commands_to_sim], [`${row.month} from`, row.commands_from_sim], [row.month, row.commands_total]]));
      }
      // The tester is let past the page's own policy, and nothing else is.
      await page.setBypassCSP(true);
      await page.reload();
      await page.evaluate(() => document.querySelectorAll('details').forEach((one) => { one.open = true; }));
      await page.evaluate(axe);
      const { violations } = await page.evaluate('axe.run()');
      for (const found of violations) problem(`${file}, ${mode.name}: ${found.id}: ${found.help}: ${found.nodes[0].html.slice(0, 120)}`);
      await page.close();
    }
    console.log(`${file}.html: ${fs.statSync(`${file}.html`).size} bytes`);
  }
  await browser.close();
  console.log(problems === 0 ? 'no console message, no violation, no request' : `${problems} problems`);
  process.exit(problems === 0 ? 0 : 1);
})();
