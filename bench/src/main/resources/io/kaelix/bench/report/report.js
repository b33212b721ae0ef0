// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
// Draws the figures whose JSON stands in the page (Figures.java). Names come from outside: they become text nodes or SVG text, never HTML.
'use strict';
(() => {
  // System: colour on light, colour on dark, symbol. Any two differ to the colour-blind too;
  // symbols tell them apart without colour.
  const KNOWN = {
    'kaelix': ['#0060b0', '#4da3ff', 'circle'],
    'aeron-ipc': ['#d55e00', '#c45833', 'rect'],
    'agrona-one-to-one': ['#174f37', '#73f7ce', 'triangle'],
    'agrona-many-to-one': ['#62977a', '#769785', 'path://M0,0L10,0L5,9Z'],
    'disruptor': ['#721e65', '#b453a6', 'diamond'],
    'jctools-spsc': ['#513d04', '#f4e08d', 'path://M5,0L10,4L8,10L2,10L0,4Z'],
    'jctools-mpsc': ['#86713e', '#e4a91d', 'path://M3,0L7,0L7,3L10,3L10,7L7,7L7,10L3,10L3,7L0,7L0,3L3,3Z'],
    'chronicle-queue': ['#6602eb', '#9733fa', 'path://M0,0L10,10L10,0L0,10Z'],
    'array-blocking-queue': ['#0e9ced', '#badefd', 'roundRect'],
    'floor': ['#6b747d', '#98a1aa', 'none'],
  };
  const SPARE = [['#8a1c2b', '#ff9aa8', 'pin'], ['#3d4a57', '#d0d8e0', 'arrow'], ['#9a5fb5', '#dcb6ef', 'rect']];
  const CHROME = {
    light: { paper: '#fff', ink: '#1a1e23', soft: '#59626c', rule: '#d5dade', faint: '#eef0f2' },
    dark: { paper: '#15181c', ink: '#e6e9ec', soft: '#a0a9b2', rule: '#363d45', faint: '#22272c' },
  };
  const FONT = 'system-ui, -apple-system, "Segoe UI", sans-serif';
  const PRINT_WIDTH = 700; // CSS pixels of an A4 page between its margins
  const DASHES = ['solid', [7, 3], [2, 3], [9, 3, 2, 3]];
  const LINE = 17; // between labels

  const figures = JSON.parse(document.getElementById('figures').textContent);
  const darkScheme = matchMedia('(prefers-color-scheme: dark)');
  const plots = []; // {chart, box, draw}
  const unknown = [];
  let printing = false;

  const isDark = () => darkScheme.matches && !printing;
  const chrome = () => (isDark() ? CHROME.dark : CHROME.light);

  function look(system) {
    if (!Object.hasOwn(KNOWN, system) && !unknown.includes(system)) {
      unknown.push(system);
    }
    const [light, dark, symbol] = Object.hasOwn(KNOWN, system) ? KNOWN[system] : SPARE[unknown.indexOf(system) % SPARE.length];
    return { color: isDark() ? dark : light, symbol, own: system === 'kaelix', floor: system === 'floor' };
  }

  // Three significant digits, as Quantity.java has them.
  function digits(value) {
    const whole = value === 0 ? 1 : Math.floor(Math.log10(Math.abs(value))) + 1;
    return value.toFixed(Math.min(6, Math.max(0, 3 - whole)));
  }
  const millions = perSecond => digits(perSecond / 1e6);
  const plain = value => String(+value.toPrecision(12));
  function nanos(value, text) {
    const [size, unit] = value < 1e3 ? [1, 'ns'] : value < 1e6 ? [1e3, 'µs'] : value < 1e9 ? [1e6, 'ms'] : [1e9, 's'];
    return (text || digits)(value / size) + '\u202f' + unit;
  }
  function percentile(x) {
    // As many nines as x has tens, and one digit more between them.
    const tens = Math.log10(x);
    const whole = Math.abs(tens - Math.round(tens)) < 1e-6;
    const decimals = Math.max(0, whole ? Math.round(tens) - 2 : Math.ceil(tens) - 1);
    return (100 * (1 - 1 / x)).toFixed(decimals) + '%';
  }

  const text = (content, x, y, fill, more) =>
    ({ type: 'text', silent: true, z2: 2, style: { text: content, x, y, fill, font: '13px ' + FONT, verticalAlign: 'middle', ...more } });
  const stroke = (x1, y1, x2, y2, color, more) => ({
    type: 'line', silent: true, z2: 1, shape: { x1, y1, x2, y2 }, style: { stroke: color, ...more },
  });

  function rows(lines) {
    const box = document.createElement('div');
    for (const [color, name, value] of lines) {
      const line = document.createElement('div');
      line.style.cssText = 'display:flex;gap:8px;align-items:center;line-height:1.45';
      const key = document.createElement('span');
      key.style.cssText = 'width:9px;height:9px;border-radius:2px;flex:none;background:' + (color || 'none');
      const label = document.createElement('span');
      label.textContent = name;
      const figure = document.createElement('span');
      figure.style.cssText = 'margin-left:auto;padding-left:16px;font-variant-numeric:tabular-nums';
      figure.textContent = value;
      line.append(...(color ? [key] : []), label, figure);
      box.append(line);
    }
    return box;
  }

  function tooltip(more) {
    const c = chrome();
    return {
      confine: true, backgroundColor: c.paper, borderColor: c.rule, borderWidth: 1, padding: [7, 10], transitionDuration: 0,
      textStyle: { color: c.ink, fontSize: 13, fontFamily: FONT }, ...more,
    };
  }

  function axis(name, more) {
    const c = chrome();
    return {
      name, nameTextStyle: { color: c.soft, fontSize: 13, fontFamily: FONT },
      axisLabel: { color: c.soft, fontSize: 13, fontFamily: FONT, hideOverlap: true },
      axisLine: { show: true, lineStyle: { color: c.soft } }, axisTick: { show: true, lineStyle: { color: c.soft } },
      splitLine: { lineStyle: { color: c.rule } }, minorSplitLine: { lineStyle: { color: c.faint } }, ...more,
    };
  }
  const across = name => ({ nameLocation: 'middle', nameGap: 32, name });
  const upright = name => ({
    nameLocation: 'end', name, nameGap: 14,
    nameTextStyle: { color: chrome().soft, fontSize: 13, fontFamily: FONT, align: 'left', padding: [0, 0, 0, -44] },
  });
  const labels = formatter => ({ color: chrome().soft, fontSize: 13, fontFamily: FONT, hideOverlap: true, formatter });

  // ---- Bars: a heading per mode, a row per system, the floor as a dashed line through the mode's rows.

  function bars(figure, box) {
    const list = [];
    for (const group of figure.groups) {
      list.push({ group });
      group.bars.forEach(bar => list.push({ bar }));
    }
    const rowHeight = 24;
    box.style.height = list.length * rowHeight + 62 + 'px';
    const most = Math.max(...figure.groups.flatMap(group => [group.floor, ...group.bars.map(bar => bar.max)]));
    return chart => {
      const c = chrome();
      const left = narrow(chart) ? 164 : 178;
      chart.setOption({
        animation: false,
        grid: { left, right: narrow(chart) ? 60 : 150, top: 4, bottom: 54 },
        xAxis: axis('M/s', {
          ...across('million messages a second'), type: 'value', min: 0, max: roundUp(most), interval: step(most),
          axisLabel: labels(value => plain(value / 1e6)), axisLine: { show: false }, axisTick: { show: false },
        }),
        yAxis: { type: 'category', inverse: true, data: list.map((_, i) => i), show: false },
        tooltip: tooltip({
          trigger: 'item',
          formatter: ({ dataIndex }) => {
            const { bar } = list[dataIndex];
            return rows([['', bar.name, 'M/s'], ['', 'median', millions(bar.median)],
              ...bar.rounds.map((round, i) => ['', 'round ' + (i + 1), millions(round)])]);
          },
        }),
        series: [{
          type: 'custom', clip: false, data: list.map((row, i) => [row.bar ? row.bar.median : 0, i]),
          renderItem: (params, api) => {
            const i = params.dataIndex;
            const at = value => api.coord([value, i])[0];
            const middle = api.coord([0, i])[1];
            return list[i].bar ? bar(list[i].bar, at, middle, left) : heading(list[i].group, at, middle);
          },
        }],
      }, true);

      function bar(found, at, y, edge) {
        const { color, own } = look(found.system);
        const low = at(found.min);
        const high = at(found.max);
        const label = narrow(chart) ? found.label.replace(/ +[\d.]+× floor/, '') : found.label;
        const whisker = (ink, lineWidth) => [stroke(low, y, high, y, ink, { lineWidth }),
          ...[low, high].map(end => stroke(end, y - 4, end, y + 4, ink, { lineWidth }))];
        return {
          type: 'group',
          children: [
            {
              type: 'rect', z2: 0, style: { fill: color },
              shape: { x: at(0), y: y - 8, width: Math.max(1, at(found.median) - at(0)), height: 16 },
            },
            ...whisker(c.paper, 3), ...whisker(c.ink, 1),
            text(found.name, edge - 8, y, c.ink, { align: 'right', font: (own ? '600 ' : '') + '13px ' + FONT }),
            { ...text(label, high + 4, y, c.ink, { backgroundColor: c.paper, padding: [1, 3] }), z2: 20 },
          ],
        };
      }

      function heading(group, at, y) {
        const children = [text(group.name, 0, y + 3, c.ink, { font: '600 13px ' + FONT })];
        if (group.floor > 0) {
          const x = at(group.floor);
          const dashes = { lineDash: [4, 3], lineWidth: 1.5 };
          children.push(stroke(x, y + 11, x, y + 12 + group.bars.length * rowHeight, look('floor').color, dashes),
            text('C floor ' + millions(group.floor), x, y + 2, c.soft, { align: x > chart.getWidth() - 220 ? 'right' : 'center' }));
        }
        return { type: 'group', children };
      }
    };
  }

  const roundUp = most => Math.ceil(most / step(most)) * step(most);

  // The next of 1, 2, 5, 10, 20, … towards where round goes.
  function tidy(value, round) {
    const ten = 10 ** Math.floor(Math.log10(value));
    const steps = [1, 2, 5, 10].map(n => n * ten);
    return round === Math.floor ? steps.findLast(n => n <= value) : steps.find(n => n >= value);
  }

  // A round distance between ticks that gives about six of them.
  function step(most) {
    const rough = most / 6;
    const ten = 10 ** Math.floor(Math.log10(rough));
    return [1, 2, 2.5, 5, 10].map(n => n * ten).find(n => n >= rough);
  }

  // ---- Lines and curves.

  // Names at the ends of lines, moved apart, with a leader to the end of the line.
  function endLabels(chart, ends) {
    const c = chrome();
    const right = chart.getWidth() - marginFor(chart, ends);
    const placed = ends.map(end => {
      const [x, y] = chart.convertToPixel({ gridIndex: 0 }, [end.x, end.y]);
      return { ...end, px: x, py: y, at: y };
    }).sort((one, other) => one.py - other.py);
    // Labels that overlap become one block around the middle of where they belong, until no two blocks overlap.
    const blocks = [];
    for (const end of placed) {
      let block = { ends: [end], middle: end.py };
      while (blocks.length && block.middle - blocks.at(-1).middle < (blocks.at(-1).ends.length + block.ends.length) * LINE / 2) {
        const last = blocks.pop();
        const ends = [...last.ends, ...block.ends];
        block = { ends, middle: ends.reduce((sum, one) => sum + one.py, 0) / ends.length };
      }
      const half = (block.ends.length - 1) * LINE / 2;
      block.middle = Math.min(Math.max(block.middle, 8 + half), chart.getHeight() - 46 - half);
      blocks.push(block);
    }
    blocks.forEach(block => block.ends.forEach((end, i) => {
      end.at = block.middle + (i - (block.ends.length - 1) / 2) * LINE;
    }));
    chart.setOption({
      graphic: placed.flatMap(end => [
        {
          type: 'polyline', silent: true, z: 5, z2: 0, shape: { points: [[end.px + 6, end.py], [right + 22, end.at]] },
          style: { stroke: look(end.system).color, lineWidth: 1, fill: 'none', opacity: 0.7 },
        },
        text(end.name, right + 26, end.at, look(end.system).floor ? c.soft : c.ink,
          look(end.system).own ? { font: '600 13px ' + FONT } : {}),
      ]),
    });
  }

  const narrow = chart => chart.getWidth() < 620;
  const marginFor = (chart, ends) => Math.min(chart.getWidth() * 0.42, 38 + Math.max(...ends.map(end => end.name.length)) * 7);

  function line(system, name, data, more) {
    const { color, symbol, own, floor } = look(system);
    return {
      type: 'line', name, data, symbol, symbolSize: 8, showSymbol: !floor, color, triggerLineEvent: true, z: own ? 4 : 3,
      zlevel: 0, // not the default: without it a point under the mouse has none, and ECharts warns
      lineStyle: { color, width: own ? 3 : floor ? 1.5 : 1.8, type: floor ? [5, 4] : 'solid' }, emphasis: { focus: 'series', scale: false },
      ...more,
    };
  }

  function lines(figure, box) {
    box.style.height = Math.max(300, figure.lines.length * LINE + 130) + 'px';
    const least = Math.min(...figure.lines.flatMap(found => found.points.map(point => point.min)).filter(value => value > 0));
    const most = Math.max(...figure.lines.flatMap(found => found.points.map(point => point.max)));
    const xs = [...new Set(figure.lines.flatMap(found => found.points.map(point => point.x)))].sort((one, other) => one - other);
    const ends = figure.lines.map(found => {
      const { label, x, median } = found.points.at(-1);
      return { system: found.system, name: label, x, y: median };
    });
    return chart => {
      chart.clear();
      chart.setOption({
        animation: false,
        grid: { left: 50, right: marginFor(chart, ends), top: 34, bottom: 50 },
        xAxis: axis('', {
          ...across(figure.x), ...(figure.base ? { type: 'log', logBase: figure.base } : { type: 'value', minInterval: 1 }),
          min: xs[0], max: xs.at(-1), axisLabel: labels(plain), splitLine: { show: false },
        }),
        yAxis: axis('', { ...upright('million messages a second'), type: 'value', min: 0, max: roundUp(most), interval: step(most),
          axisLabel: labels(value => plain(value / 1e6)), axisLine: { show: false }, axisTick: { show: false },
          ...(figure.wide ? { type: 'log', min: tidy(least, Math.floor), max: tidy(most, Math.ceil), interval: undefined } : {}),
        }),
        tooltip: tooltip({
          trigger: 'axis',
          formatter: params => {
            const at = params[0].axisValue;
            const x = xs.reduce((best, other) => Math.abs(other - at) < Math.abs(best - at) ? other : best);
            const found = figure.lines.flatMap(one => one.points.filter(point => point.x === x)
              .map(point => [look(one.system).color, point.label, millions(point.median), point.median]));
            return rows([['', x + ' ' + figure.x, 'M/s'], ...found.sort((one, other) => other[3] - one[3])]);
          },
        }),
        series: [
          ...figure.lines.map(found => line(found.system, found.system, found.points.map(point => [point.x, point.median]))),
          ...figure.lines.map(found => ({
            type: 'custom', silent: true, clip: false, z: 2, tooltip: { show: false },
            data: found.points.map(point => [point.x, point.median]),
            renderItem: (params, api) => {
              const point = found.points[params.dataIndex];
              const [x, low] = api.coord([point.x, figure.wide ? Math.max(point.min, least) : point.min]);
              const high = api.coord([point.x, point.max])[1];
              const { color } = look(found.system);
              const across = [low, high].map(y => stroke(x - 4, y, x + 4, y, color));
              return { type: 'group', children: [stroke(x, low, x, high, color), ...across] };
            },
          })),
        ],
      });
      endLabels(chart, ends);
    };
  }

  function curves(figure, box) {
    box.style.height = '460px';
    const all = figure.curves.flatMap(curve => [...curve.points, ...curve.quiet]);
    const lowest = tidy(Math.min(...all.map(point => point[1]).filter(value => value > 0)), Math.floor);
    const highest = tidy(Math.max(...all.map(point => point[1])), Math.ceil);
    const rarest = 10 ** Math.ceil(Math.log10(Math.max(...all.map(point => point[0]))));
    const named = figure.curves.map(curve => ({ name: curve.name, at: curve.points.find(point => point[0] >= 2) || curve.points.at(-1) }))
      .sort((one, other) => other.at[1] - one.at[1]);
    let logarithmic = true;
    const draw = chart => {
      const top = Math.max(...all.map(point => point[1]));
      chart.clear();
      chart.setOption({
        animation: false,
        grid: {
          left: 62, right: narrow(chart) ? 24 : marginFor(chart, named) + 16, top: narrow(chart) ? 34 + named.length * 12 : 34, bottom: 52,
        },
        // The slowest on top, as the lines lie.
        legend: {
          ...(narrow(chart) ? { left: 0, top: 0 } : { orient: 'vertical', right: 0, top: 40, align: 'left' }),
          itemGap: 7, itemWidth: 26, itemHeight: 9, data: named.map(curve => ({ name: curve.name })), inactiveColor: chrome().rule,
          textStyle: { color: chrome().ink, fontSize: 13, fontFamily: FONT },
        },
        xAxis: axis('', {
          ...across('percentile'), type: 'log', min: 1, max: rarest, axisLabel: labels(percentile),
          minorTick: { show: true, splitNumber: 9, lineStyle: { color: chrome().rule } },
        }),
        yAxis: axis('', {
          ...upright('latency, one way'), axisLabel: labels(value => nanos(value, plain)),
          ...(logarithmic ? {
            type: 'log', min: lowest, max: highest, minorTick: { show: true, splitNumber: 9 },
            minorSplitLine: { show: true, lineStyle: { color: chrome().faint } },
          }
            : { type: 'value', min: 0, max: roundUp(top), interval: step(top) }),
        }),
        tooltip: tooltip({
          trigger: 'axis',
          formatter: params => {
            const x = params[0].axisValue;
            const found = figure.curves.map(curve => [look(curve.system).color, curve.name, curve.points.find(point => point[0] >= x)])
              .filter(one => one[2]).sort((one, other) => one[2][1] - other[2][1]);
            return rows([['', percentile(x), ''], ...found.map(([color, name, point]) => [color, name, nanos(point[1])])]);
          },
        }),
        series: figure.curves.flatMap((curve, i) => [
          line(curve.system, curve.name, marked(curve, logarithmic), {
            showSymbol: true, showAllSymbol: true, symbolSize: 7,
            lineStyle: {
              ...line(curve.system, '', []).lineStyle, ...(curve.variant ? { type: DASHES[curve.variant % DASHES.length] } : {}),
            },
          }),
          {
            // Side by side: most lie on one another.
            type: 'scatter', name: curve.name, silent: true, z: 6, symbolSize: 9,
            symbol: look(curve.system).floor ? 'circle' : look(curve.system).symbol,
            data: curve.quiet.map(([x, value]) => [x * 10 ** ((i - (figure.curves.length - 1) / 2) * 0.035), value]),
            itemStyle: { color: chrome().paper, borderColor: look(curve.system).color, borderWidth: 1.6 },
          },
        ]),
      });
    };
    axisSwitch(box, chosen => {
      logarithmic = chosen;
      draw(plots.find(plot => plot.box === box).chart);
    });
    return draw;
  }

  // A curve's points; those at a whole number of nines, and the median, carry the symbol.
  function marked(curve, logarithmic) {
    const { symbol, floor } = look(curve.system);
    const points = curve.points.filter(point => point[1] > 0 || !logarithmic);
    const at = new Set([2, 10, 100, 1e3, 1e4, 1e5, 1e6].map(x => points.findIndex(point => point[0] >= x)));
    return points.map((value, i) => ({ value, symbol: at.has(i) && !floor ? symbol : 'none' }));
  }

  function axisSwitch(box, choose) {
    const bar = document.createElement('div');
    bar.className = 'axis';
    const buttons = [['Logarithmic', true], ['Linear', false]].map(([name, value]) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = name;
      button.setAttribute('aria-pressed', String(value));
      button.addEventListener('click', () => {
        buttons.forEach(other => other.setAttribute('aria-pressed', String(other === button)));
        choose(value);
      });
      return button;
    });
    bar.append('Latency axis: ', ...buttons);
    box.before(bar);
  }

  // ---- The page.

  function plot(figure, kind) {
    const box = document.querySelector('#' + figure.id + ' .chart');
    const draw = kind(figure, box);
    const chart = echarts.init(box, null, { renderer: 'svg' });
    plots.push({ chart, box, draw });
    draw(chart);
  }

  function redraw() {
    for (const { chart, box, draw } of plots) {
      chart.resize({ width: printing ? PRINT_WIDTH : box.clientWidth });
      draw(chart);
    }
  }

  figures.bars.forEach(figure => plot(figure, bars));
  figures.lines.forEach(figure => plot(figure, lines));
  figures.curves.forEach(figure => plot(figure, curves));
  darkScheme.addEventListener('change', redraw);
  let width = innerWidth;
  addEventListener('resize', () => {
    if (innerWidth !== width && !printing) {
      width = innerWidth;
      redraw();
    }
  });
  addEventListener('beforeprint', () => {
    printing = true;
    redraw();
  });
  addEventListener('afterprint', () => {
    printing = false;
    redraw();
  });
})();
