// Takes the pictures of the README: the top of the report, and a run on a terminal.
const fs = require('fs');
const puppeteer = require('puppeteer-core');

const [browserPath, folder] = process.argv.slice(2);

(async () => {
  const browser = await puppeteer.launch({ executablePath: browserPath, args: ['--no-sandbox', '--disable-gpu'] });
  const page = await browser.newPage();
  await page.setViewport({ width: 920, height: 640 });
  await page.goto(`file://${process.cwd()}/account.html`);
  await page.screenshot({ path: `${folder}/report.png` });
  const text = fs.readFileSync('terminal.txt', 'utf8').split('\n').slice(0, 25).join('\n');
  // A page of its own: the report's policy would take no other styles.
  const terminal = await browser.newPage();
  await terminal.setContent('<pre style="margin:0;padding:16px;background:#12161c;color:#e7eaf0;font:13px/1.35 monospace;width:max-content"></pre>');
  await terminal.evaluate((text) => { document.querySelector('pre').textContent = `$ kore-usage report --start 18mo\n${text}`; }, text);
  await (await terminal.$('pre')).screenshot({ path: `${folder}/terminal.png` });
  await browser.close();
})();
