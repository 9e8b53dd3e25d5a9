// page.js CHROMIUM PAGE.html DATA.json [SHOT-FOLDER] - looks at a report as people do: in a browser,
// wide and narrow, light and dark, on paper. Prints "page: N passed, N failed".
// SPDX-License-Identifier: Apache-2.0
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { chromium } = require('playwright-core');

const WIDTHS = [1280, 390];
const SCHEMES = ['light', 'dark'];
const PRINT_WIDTH = 794; // A4 at 96 dots an inch
const CONTRAST_MIN = 4.5; // WCAG 2.1, level AA

let passed = 0, failed = 0;
function check(ok, what, detail) {
    if (ok) { passed++; return; }
    failed++;
    console.log(`FAILED: ${what}${detail === undefined ? '' : ': ' + JSON.stringify(detail)}`);
}

// The functions below run in the page.

// Elements that begin or end outside of the window, those in boxes of their own scroll left out.
function outside() {
    const bad = [];
    for (const e of document.querySelectorAll('body *')) {
        if (e.closest('.scroll') || e.closest('.tip') || e.closest('.axis text')) continue;
        const box = e.getBoundingClientRect();
        if (box.width > 0 && (box.left < -0.5 || box.right > innerWidth + 0.5))
            bad.push(`${e.tagName}.${e.getAttribute('class')} ${box.left}..${box.right}`);
    }
    return bad;
}

// Text that its own box hides.
function clipped() {
    const bad = [];
    for (const e of document.querySelectorAll('body *')) {
        if (e.namespaceURI.endsWith('svg') || e.matches('.scroll')) continue;
        const style = getComputedStyle(e);
        if (style.display === 'inline' || !e.textContent.trim() || e.clientWidth === 0) continue;
        const hides = style.overflowX !== 'visible' || style.overflowY !== 'visible';
        if (hides && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1))
            bad.push(`${e.tagName}.${e.className}`);
    }
    return bad;
}

// Texts whose colour is too close to what is behind them.
function pale(least) {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const rgba = (color) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = (c) => {
        const [r, g, b] = c.slice(0, 3).map((v) => {
            v /= 255;
            return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (e) => {
        const box = e.dataset.buffer && document.querySelector(`#buffer-${e.dataset.buffer} .box`);
        if (box) return rgba(getComputedStyle(box).fill);
        for (; e; e = e.parentElement) {
            const c = rgba(getComputedStyle(e).backgroundColor);
            if (c[3] === 255) return c;
        }
        return [255, 255, 255, 255];
    };
    const bad = [];
    for (const e of document.querySelectorAll('body *')) {
        const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
        const style = getComputedStyle(e);
        if (!own || e.tagName === 'title' || e.getClientRects().length === 0) continue;
        const front = rgba(e.namespaceURI.endsWith('svg') ? style.fill : style.color);
        const [a, b] = [light(front), light(behind(e))].sort((x, y) => y - x);
        if ((a + 0.05) / (b + 0.05) < least)
            bad.push(`${e.tagName}.${e.getAttribute('class')} ${((a + 0.05) / (b + 0.05)).toFixed(2)}`);
    }
    return [...new Set(bad)];
}

// Texts of an SVG that touch one another.
function overlapping() {
    const bad = [];
    for (const svg of document.querySelectorAll('.axis svg, .plot svg')) {
        const texts = [...svg.querySelectorAll(':scope > text')].filter((t) => t.getClientRects().length);
        for (let i = 1; i < texts.length; i++) {
            const a = texts[i - 1].getBoundingClientRect(), b = texts[i].getBoundingClientRect();
            if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
                bad.push(`${texts[i - 1].textContent} / ${texts[i].textContent}`);
        }
    }
    return bad;
}

// Names under the picture that are cut, each shown by focus as a tap or the keyboard does.
function tips() {
    const bad = [];
    for (const buffer of document.querySelectorAll('.buffer')) {
        buffer.focus();
        const tip = buffer.querySelector('.tip'), text = tip.firstElementChild;
        const box = tip.getBoundingClientRect(), inner = text.getBoundingClientRect();
        if (getComputedStyle(tip).display === 'none' || inner.height === 0)
            bad.push(`hidden: ${text.textContent}`);
        else if (inner.bottom > box.bottom + 0.5 || inner.right > innerWidth)
            bad.push(`cut: ${text.textContent}`);
    }
    document.activeElement.blur();
    return bad;
}

// The pictures of instructions by class: a pair of bars a layer, lengths as in the data.
async function checkClasses(page, data) {
    if (data.not_measured) {
        check(await page.locator('section#classes').count() === 0, 'no classes without a run');
        return;
    }
    if (data.not_profiled) {
        check((await page.textContent('#classes .warning')).includes(data.not_profiled),
            'says why there are no classes');
        return;
    }
    const rows = await page.evaluate(() => [...document.querySelectorAll('#classes tbody tr')].map((row) => {
        const svg = row.querySelector('svg').getBoundingClientRect();
        const rects = [...row.querySelectorAll('svg rect')].map((r) => [r.getAttribute('class'),
            r.getBoundingClientRect()]);
        const classes = rects.filter(([name]) => name.startsWith('class-'));
        return { width: svg.width, name: row.querySelector('svg').getAttribute('aria-label'),
            ends: classes.map(([, box]) => [box.left - svg.left, box.right - svg.left]),
            cycles: rects.filter(([name]) => name === 'cycles').map(([, box]) => box.width)[0] };
    }));
    check(rows.length === data.layers.length, 'a pair of bars a layer', rows.length);
    const longest = Math.max(...data.layers.map((l) => Math.max(l.cycles_predicted, l.instructions)));
    rows.forEach((row, i) => {
        const layer = data.layers[i], scale = row.width / longest;
        const end = row.ends.length ? row.ends[row.ends.length - 1][1] : 0;
        check(row.width > 100, `bars of layer ${i} can be seen`, row.width);
        check(Math.abs(end - layer.instructions * scale) < 1.5, `instructions of layer ${i}`, end);
        check(Math.abs(row.cycles - layer.cycles_predicted * scale) < 1.5, `cycles of layer ${i}`, row.cycles);
        check(row.ends.every(([left], k) => k === 0 || Math.abs(left - row.ends[k - 1][1]) < 0.5),
            `classes of layer ${i} touch`);
        check(row.name.includes('load ') && row.name.includes('other '), `bars of layer ${i} have a name`);
    });
    const legend = await page.textContent('#classes .legend');
    for (const name of Object.keys(data.classes))
        check(legend.includes(name), `the legend has ${name}`);
    check((await page.textContent('.figures')).includes(data.cycles_predicted.toLocaleString('en-US')),
        'the statement has predicted cycles');
}

async function checkContents(page, data) {
    check(await page.title() === `${data.name} on ${data.target}`, 'title', await page.title());
    check(await page.textContent('h1') === data.name, 'h1 names the model');
    for (const id of ['memory', 'layers', 'graph', 'passes'])
        check(await page.locator(`section#${id} > h2`).count() === 1, `section ${id}`);
    const count = (selector) => page.locator(selector).count();
    check(await count('#layers tbody tr') === data.layers.length, 'a row a layer');
    check(await count('#buffers tbody tr') === data.buffers.length, 'a row a buffer');
    check(await count('.buffer') === data.buffers.filter((b) => b.bytes > 0).length,
        'a rectangle a buffer');
    check(await count('.graph li') - await count('.graph li:has(b:text-is("input"))') ===
        data.compiled.layers, 'a row a node');
    await checkClasses(page, data);
    check(await count('script') === 0, 'no script');
    const figures = await page.textContent('.figures');
    for (const key of ['arena_bytes', 'flash_bytes', 'instructions'])
        if (data[key] !== undefined)
            check(figures.includes(data[key].toLocaleString('en-US')), `the statement has ${key}`);
    if (data.not_measured)
        check((await page.textContent('.warning')).includes(data.not_measured), 'says what is missing');
    const sum = data.layers.reduce((s, l) => s + l.macs, 0).toLocaleString('en-US');
    check((await page.textContent('#layers tfoot')).includes(sum), 'the sum of MACs');
    await page.keyboard.press('Tab');
    check(await page.evaluate('document.activeElement.tagName') === 'A', 'Tab reaches the links');
    const unnamed = await page.evaluate(() => [...document.querySelectorAll('[tabindex]')]
        .filter((e) => !e.getAttribute('aria-label')).length);
    check(unnamed === 0, 'what takes the focus has a name');
}

async function checkLook(page, what) {
    for (const [name, find] of [['outside of the window', outside], ['clipped', clipped],
        ['overlapping', overlapping], ['cut names', tips]]) {
        const bad = await page.evaluate(find);
        check(bad.length === 0, `${what}: ${name}`, bad.slice(0, 5));
    }
    const wide = await page.evaluate('document.documentElement.scrollWidth');
    check(wide <= page.viewportSize().width, `${what}: no horizontal scroll`, wide);
    const bad = await page.evaluate(pale, CONTRAST_MIN);
    check(bad.length === 0, `${what}: contrast below ${CONTRAST_MIN}`, bad.slice(0, 8));
}

async function open(browser, url, width, scheme) {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
    const noise = [];
    page.on('request', (r) => { if (r.url() !== url) noise.push(`request ${r.url()}`); });
    page.on('console', (m) => noise.push(`console ${m.text()}`));
    page.on('pageerror', (e) => noise.push(`error ${e.message}`));
    page.on('dialog', (d) => { noise.push(`dialog ${d.message()}`); d.dismiss(); });
    await page.goto(url);
    return { page, noise };
}

async function main([executablePath, file, json, shots]) {
    const data = JSON.parse(fs.readFileSync(json, 'utf8'));
    const url = pathToFileURL(path.resolve(file)).href;
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    for (const width of WIDTHS)
        for (const scheme of SCHEMES) {
            const what = `${path.basename(file)} at ${width}, ${scheme}`;
            const { page, noise } = await open(browser, url, width, scheme);
            await checkContents(page, data);
            await checkLook(page, what);
            check(noise.length === 0, `${what}: requests, messages`, noise);
            if (shots)
                await page.screenshot({ fullPage: true,
                    path: path.join(shots, `${path.basename(file, '.html')}-${width}-${scheme}.png`) });
            await page.close();
        }
    const { page } = await open(browser, url, PRINT_WIDTH, 'light');
    await page.emulateMedia({ media: 'print' });
    const wide = await page.evaluate('document.documentElement.scrollWidth');
    check(wide <= PRINT_WIDTH, 'fits on paper', wide);
    await browser.close();
    console.log(`page ${path.basename(file)}: ${passed} passed, ${failed} failed`);
    process.exit(failed > 0 ? 1 : 0);
}

main(process.argv.slice(2)).catch((error) => {
    console.log(`FAILED: ${error.message}\npage: ${passed} passed, ${failed + 1} failed`);
    process.exit(1);
});
