"use strict";
(function () {
  var page = JSON.parse(document.getElementById("data").textContent);
  var words = page.text, PRINTED = page.rowsPrinted, PAPER = { width: 680, height: 390 };

  // -- tables: a header is a button; missing values stay last whichever way the column is sorted
  function sortTable(table, column, button) {
    var header = button.parentNode, body = table.tBodies[0], numeric = header.classList.contains("number");
    var up = header.getAttribute("aria-sort") === "ascending" ? -1 : header.getAttribute("aria-sort") === "descending" ? 1 : numeric ? -1 : 1;
    if (header.cellIndex === 0 && header.getAttribute("aria-sort") === "none") { up = 1; }
    var collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
    var rows = Array.prototype.map.call(body.rows, function (row, place) {
      return { row: row, place: place, value: row.cells[column].dataset.v };
    });
    rows.sort(function (a, b) {
      if (a.value === "" || b.value === "") { return (a.value === "") - (b.value === "") || a.place - b.place; }
      var order = numeric ? a.value - b.value : collator.compare(a.value, b.value);
      return up * order || a.place - b.place;
    });
    rows.forEach(function (entry) { body.appendChild(entry.row); });
    table.querySelectorAll("th").forEach(function (other) { other.setAttribute("aria-sort", "none"); });
    header.setAttribute("aria-sort", up > 0 ? "ascending" : "descending");
    markBeyond(table);
  }
  function markBeyond(table) { // what does not go to paper
    var shown = 0;
    Array.prototype.forEach.call(table.tBodies[0].rows, function (row) { row.classList.toggle("beyond", !row.hidden && ++shown > PRINTED); });
  }
  document.querySelectorAll("table.sortable").forEach(function (table) {
    table.querySelectorAll("th button").forEach(function (button) {
      button.addEventListener("click", function () { sortTable(table, button.parentNode.cellIndex, button); });
    });
    markBeyond(table);
  });
  function plain(text) { return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase(); }
  document.querySelectorAll("input[data-filter]").forEach(function (input) {
    var table = document.getElementById(input.dataset.filter);
    input.addEventListener("input", function () {
      var wanted = plain(input.value);
      Array.prototype.forEach.call(table.tBodies[0].rows, function (row) { row.hidden = plain(row.cells[0].textContent).indexOf(wanted) < 0; });
      markBeyond(table);
    });
  });

  // -- charts
  var charts = Array.prototype.slice.call(document.querySelectorAll("[data-chart]"));
  charts.forEach(function (place) {
    var chart = page.charts[place.dataset.chart];
    window.Plotly.newPlot(place, chart.data, chart.layout, { displayModeBar: false, responsive: true });
  });
  function resizeCharts(change) { charts.forEach(function (place) { window.Plotly.relayout(place, change); }); }

  // -- map
  function bytes(text) {
    var raw = atob(text), array = new Uint8Array(raw.length);
    for (var i = 0; i < raw.length; i++) { array[i] = raw.charCodeAt(i); }
    return array;
  }
  var data = page.map, unit = data.unit, canvas = document.getElementById("canvas"), pen = canvas.getContext("2d"), tip = document.getElementById("tip");
  var points = new Int32Array(bytes(data.points).buffer), kind = bytes(data.kind), distance = new Uint16Array(bytes(data.distance).buffer);
  var bays = new Int32Array(bytes(data.bays).buffer), usable = bytes(data.usable);
  var shown = { covered: true, uncovered: true, bays: true, gaps: true, zones: true };
  var width = 0, height = 0, scale = 1, least = 1, east = 0, north = 0, chosen = 0, waiting = false, printing = false; // scale: pixels a metre; east, north: the middle
  function x(value) { return (value * unit - east) * scale + width / 2; }
  function y(value) { return height / 2 - (value * unit - north) * scale; }
  function whole() {
    var view = data.view;
    east = (view[0] + view[2]) / 2; north = (view[1] + view[3]) / 2;
    least = scale = Math.min(width / (view[2] - view[0]), height / (view[3] - view[1]));
    later();
  }
  function measure() {
    var box = canvas.getBoundingClientRect();
    if (!printing && box.width && box.height) { resize(box, Math.max(window.devicePixelRatio || 1, 1)); }
  }
  function resize(box, ratio) {
    var first = !width, kept = scale / least;
    width = box.width; height = box.height;
    canvas.width = Math.round(width * ratio); canvas.height = Math.round(height * ratio);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (first || kept <= 1) { whole(); }
    later();
  }
  // Paper: a browser lays the page out anew and does not wait, so that sizes are set here, for A4 (182 mm between its margins).
  window.addEventListener("beforeprint", function () {
    printing = true;
    resizeCharts({ autosize: false, width: PAPER.width });
    canvas.style.cssText = "width:" + PAPER.width + "px;height:" + PAPER.height + "px";
    resize(PAPER, 2.5);
    draw();
  });
  window.addEventListener("afterprint", function () {
    printing = false;
    resizeCharts({ autosize: true, width: null });
    canvas.style.cssText = "";
    measure();
  });
  function later() {
    if (!waiting) { waiting = true; window.requestAnimationFrame(function () { waiting = false; draw(); }); }
  }
  function trace(rings) {
    pen.beginPath();
    rings.forEach(function (ring) {
      for (var i = 0; i < ring.length; i += 2) { pen[i ? "lineTo" : "moveTo"](x(ring[i]), y(ring[i + 1])); }
    });
  }
  function drawPoints(covered) {
    var size = Math.max(0.55, Math.min(5, 0.75 * Math.sqrt(scale / 0.03)));
    data.classes.forEach(function (group, number) {
      if (group.covered !== covered) { return; }
      pen.fillStyle = group.colour;
      pen.beginPath();
      for (var i = 0; i < kind.length; i++) {
        if (kind[i] !== number) { continue; }
        var px = x(points[2 * i]), py = y(points[2 * i + 1]);
        if (px < -9 || py < -9 || px > width + 9 || py > height + 9) { continue; }
        if (size < 2) { pen.rect(px - size, py - size, 2 * size, 2 * size); } else { pen.moveTo(px + size, py); pen.arc(px, py, size, 0, 7); }
      }
      pen.fill();
    });
  }
  function drawBays() {
    var size = Math.max(0.4, Math.min(5, 0.5 * Math.sqrt(scale / 0.03)));
    pen.fillStyle = pen.strokeStyle = data.bayColour;
    pen.lineWidth = 1.2;
    for (var i = 0; i < usable.length; i++) {
      var px = x(bays[2 * i]), py = y(bays[2 * i + 1]);
      if (px < -9 || py < -9 || px > width + 9 || py > height + 9) { continue; }
      if (usable[i]) { pen.fillRect(px - size, py - size, 2 * size, 2 * size); } else { pen.strokeRect(px - size, py - size, 2 * size, 2 * size); }
    }
  }
  function drawGaps() {
    data.gaps.forEach(function (gap) {
      trace(gap.rings);
      pen.fillStyle = gap.rank === chosen ? "rgba(125,15,38,.3)" : "rgba(125,15,38,.1)";
      pen.strokeStyle = "#7d0f26"; pen.lineWidth = gap.rank === chosen ? 3 : 1;
      pen.fill("evenodd"); pen.stroke();
    });
  }
  function drawRuler() {
    var metres = Math.pow(10, Math.floor(Math.log10(110 / scale)));
    metres *= metres * 5 * scale <= 110 ? 5 : metres * 2 * scale <= 110 ? 2 : 1;
    pen.fillStyle = "rgba(255,255,255,.8)"; pen.fillRect(8, height - 34, metres * scale + 16, 26);
    pen.strokeStyle = pen.fillStyle = "#1d2733"; pen.lineWidth = 2;
    pen.beginPath(); pen.moveTo(16, height - 18); pen.lineTo(16, height - 13); pen.lineTo(16 + metres * scale, height - 13); pen.lineTo(16 + metres * scale, height - 18); pen.stroke();
    pen.font = "12px sans-serif";
    pen.fillText(metres >= 1000 ? metres / 1000 + " km" : String(metres).replace(".", words.decimal) + " m", 20, height - 19);
  }
  function draw() {
    if (!width) { return; }
    pen.clearRect(0, 0, width, height);
    pen.fillStyle = "#f6f8fa"; pen.fillRect(0, 0, width, height);
    if (shown.zones && data.zones.length) { trace(data.zones); pen.strokeStyle = "#b9c2cc"; pen.lineWidth = 0.8; pen.stroke(); }
    if (shown.gaps) { drawGaps(); }
    if (shown.bays && scale < 0.1) { drawBays(); } // of a whole city: under the points, which they would hide
    if (shown.uncovered) { drawPoints(false); }
    if (shown.covered) { drawPoints(true); }
    if (shown.bays && scale >= 0.1) { drawBays(); }
    drawRuler();
    canvas.dataset.scale = scale.toPrecision(6);
    canvas.dataset.middle = east.toFixed(1) + " " + north.toFixed(1);
  }
  function zoom(factor, px, py) {
    var wanted = Math.max(least * 0.8, Math.min(20, scale * factor)), dx = (px - width / 2), dy = (height / 2 - py);
    east += dx / scale - dx / wanted; north += dy / scale - dy / wanted;
    scale = wanted;
    later();
  }
  function move(dx, dy) { east -= dx / scale; north += dy / scale; later(); }
  function at(event) { var box = canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; }
  canvas.addEventListener("wheel", function (event) { // a reader who scrolls past the map must not be caught in it
    if (document.activeElement !== canvas && !event.ctrlKey) { return; }
    event.preventDefault();
    var place = at(event);
    zoom(Math.pow(1.0018, -event.deltaY * (event.deltaMode ? 30 : 1)), place[0], place[1]);
  }, { passive: false });
  var fingers = {};
  canvas.addEventListener("pointerdown", function (event) {
    fingers[event.pointerId] = at(event);
    try { canvas.setPointerCapture(event.pointerId); } catch (error) { return; } // a pointer that has gone meanwhile
  });
  canvas.addEventListener("pointermove", function (event) {
    var now = at(event), before = fingers[event.pointerId], ids = Object.keys(fingers);
    if (!before) { tell(now[0], now[1]); return; }
    if (ids.length === 1) { move(now[0] - before[0], now[1] - before[1]); }
    if (ids.length === 2) {
      var other = fingers[ids[0] === String(event.pointerId) ? ids[1] : ids[0]];
      zoom(Math.hypot(now[0] - other[0], now[1] - other[1]) / Math.max(Math.hypot(before[0] - other[0], before[1] - other[1]), 1), other[0], other[1]);
    }
    fingers[event.pointerId] = now;
    tip.style.visibility = "hidden";
  });
  ["pointerup", "pointercancel"].forEach(function (name) {
    canvas.addEventListener(name, function (event) { delete fingers[event.pointerId]; });
  });
  canvas.addEventListener("pointerleave", function () { tip.style.visibility = "hidden"; });
  canvas.addEventListener("keydown", function (event) {
    var steps = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
    if (steps[event.key]) { move(steps[event.key][0], steps[event.key][1]); }
    else if (event.key === "+" || event.key === "=") { zoom(1.5, width / 2, height / 2); }
    else if (event.key === "-") { zoom(1 / 1.5, width / 2, height / 2); }
    else if (event.key === "0") { whole(); }
    else { return; }
    event.preventDefault();
  });
  function tell(px, py) {
    var best = -1, nearest = 64;
    for (var i = 0; i < kind.length; i++) {
      var covered = data.classes[kind[i]].covered;
      if (!shown[covered ? "covered" : "uncovered"]) { continue; }
      var dx = x(points[2 * i]) - px, dy = y(points[2 * i + 1]) - py, far = dx * dx + dy * dy;
      if (far < nearest) { nearest = far; best = i; }
    }
    if (best < 0) { tip.style.visibility = "hidden"; return; }
    var metres = distance[best] === 65535 ? words.far : (distance[best] * unit).toFixed(1).replace(".", words.decimal) + " m";
    tip.textContent = (data.classes[kind[best]].covered ? words.covered : words.uncovered) + " – " + metres;
    tip.style.left = Math.min(px + 12, width - tip.offsetWidth - 4) + "px";
    tip.style.top = Math.max(py - 34, 4) + "px";
    tip.style.visibility = "visible";
  }
  document.getElementById("zoom-in").addEventListener("click", function () { zoom(1.6, width / 2, height / 2); });
  document.getElementById("zoom-out").addEventListener("click", function () { zoom(1 / 1.6, width / 2, height / 2); });
  document.getElementById("whole").addEventListener("click", function () { chosen = 0; whole(); });
  document.querySelectorAll("[data-layer]").forEach(function (box) {
    box.addEventListener("change", function () { shown[box.dataset.layer] = box.checked; later(); });
  });
  document.querySelectorAll("[data-gap]").forEach(function (button) {
    button.addEventListener("click", function () {
      chosen = Number(button.closest("td").dataset.v);
      var gap = data.gaps.filter(function (each) { return each.rank === chosen; })[0];
      if (!gap) { return; }
      var bounds = [Infinity, Infinity, -Infinity, -Infinity];
      gap.rings.forEach(function (ring) {
        ring.forEach(function (value, i) { bounds[i % 2] = Math.min(bounds[i % 2], value * unit); bounds[2 + i % 2] = Math.max(bounds[2 + i % 2], value * unit); });
      });
      east = (bounds[0] + bounds[2]) / 2; north = (bounds[1] + bounds[3]) / 2;
      scale = Math.min(width / (bounds[2] - bounds[0] + 150), height / (bounds[3] - bounds[1] + 150));
      later();
      canvas.focus();
      canvas.scrollIntoView({ block: "center" });
    });
  });
  if (window.ResizeObserver) { new ResizeObserver(measure).observe(canvas); } else { window.addEventListener("resize", measure); }
  measure();
  draw();
  document.documentElement.dataset.ready = "true";
})();
