#!/usr/bin/env python3
"""score_codes.py OUT_DIR BOXES.json...: redaction boxes and their codes against drawn ones.

BOXES.json is a list of pages {"page", "profile", "boxes": [{"box", "code", "style"}]}, boxes in
pixels of the upright page at 300 dpi before it was scanned, codes as printed. OUT_DIR holds what
ocr_bench or `foia ocr --format json` wrote for the file of the same name, NAME.json; the true text
stands beside BOXES.json as NAME.txt, pages divided by form feeds. Prints, for every profile and
style, recall and precision of

  box    a redaction at the place (middles within 0.4 inch, as the page may be askew);
  code   such a box with each of its codes;
  text   the code as printed in the page's text, counted per page;
  placed of the codes in the text, those with the true word before or behind them.

--false lists what is wrong."""
import collections
import json
import os
import re
import sys

CODE = re.compile(r"\(b\)\(\d\)(?:\([A-F]\))?")
REACH = 0.4 * 72


def printed(code):
    digits = re.fullmatch(r"b(\d)([A-F]?)(-\d+)?", code)
    if not digits:
        return code
    return f"(b)({digits[1]})" + (f"({digits[2]})" if digits[2] else "")


def turned(box, turns, width, height):
    """`box` of a page of this size as displayed, after `turns` clockwise quarter turns."""
    x0, y0, x1, y1 = box
    for _ in range(turns):
        x0, y0, x1, y1 = height - y1, x0, height - y0, x1
        width, height = height, width
    return x0, y0, x1, y1


def pairs(found, wanted):
    """Found and wanted boxes that stand at one place, nearest first, one to one."""
    middle = lambda b: ((b[0] + b[2]) / 2, (b[1] + b[3]) / 2)
    near = []
    for i, f in enumerate(found):
        for j, w in enumerate(wanted):
            (a, b), (c, d) = middle(f), middle(w)
            if abs(a - c) < REACH and abs(b - d) < REACH:
                near.append((abs(a - c) + abs(b - d), i, j))
    out, left, right = [], set(), set()
    for _, i, j in sorted(near):
        if i not in left and j not in right:
            left.add(i), right.add(j), out.append((i, j))
    return out


def neighbours(text):
    """(code, word before, word behind) of every code; codes themselves are no neighbours."""
    words, out = re.sub(r"[;,.:]?\s+", " ", CODE.sub(r" \g<0> ", text)).split(), []
    plain = [None if CODE.fullmatch(w) or not re.search(r"\w", w) else w for w in words]
    for i, word in enumerate(words):
        if CODE.fullmatch(word):
            before = next((w for w in reversed(plain[:i]) if w), "")
            behind = next((w for w in plain[i + 1:] if w), "")
            out.append((word, before, behind))
    return out


def score_page(page, result, truth, note):
    wanted = [[v * 72 / 300 for v in b["box"]] for b in page["boxes"]]
    found = result.get("redactions", [])
    width, height = result.get("width", 612), result.get("height", 792)
    best = []
    for turns in range(4):
        places = [turned(f["box"], turns, width, height) for f in found]
        match = pairs(places, wanted)
        if turns == 0 or len(match) > len(best):
            best = match
    s = collections.Counter(pages=1, boxes=len(wanted), found=len(found), box=len(best))
    codes = [CODE.findall(b["code"]) for b in page["boxes"]]
    got = [[printed(c) for c in f.get("codes", [])] for f in found]
    s["codes"], s["codes_found"] = sum(map(len, codes)), sum(map(len, got))
    hit = 0
    for i, j in best:
        both = collections.Counter(codes[j]) & collections.Counter(got[i])
        hit += sum(both.values())
        if codes[j] != got[i]:
            note(f"{page['boxes'][j]['style']} {codes[j]} read as {got[i]} {found[i]['code_status']}")
    s["code"] = hit
    for j, box in enumerate(page["boxes"]):
        if j not in {j for _, j in best}:
            note(f"{box['style']} {box['code']} not found at {wanted[j]}")
    for i, f in enumerate(found):
        if i not in {i for i, _ in best}:
            note(f"false box {f['box']} {f['kind']} {f.get('codes')}")
    text = result.get("text", "")
    want, have = collections.Counter(CODE.findall(truth)), collections.Counter(CODE.findall(text))
    s["text_want"], s["text_have"] = sum(want.values()), sum(have.values())
    s["text"] = sum((want & have).values())
    if have - want or want - have:
        note(f"text lacks {dict(want - have)}, has too many {dict(have - want)}")
    there = neighbours(text)
    for code, before, behind in neighbours(truth):
        at = [n for n in there if n[0] == code and (n[1] == before or n[2] == behind)]
        if at:
            s["placed"] += 1
            there.remove(at[0])
        else:
            note(f"{code} in the text is not between '{before}' and '{behind}'")
    return s


def main():
    loud = "--false" in sys.argv
    paths = [a for a in sys.argv[1:] if not a.startswith("--")]
    groups = collections.defaultdict(collections.Counter)
    for path in paths[1:]:
        name = os.path.basename(path).removesuffix(".boxes.json")
        truth = open(os.path.join(os.path.dirname(path), name + ".txt"), encoding="utf8").read()
        result = json.load(open(os.path.join(paths[0], name + ".json"), encoding="utf8"))
        pages = {p["page"]: p for p in result["pages"]}
        for page, text in zip(json.load(open(path)), truth.split("\f")):
            styles = "+".join(sorted({b["style"] for b in page["boxes"]})) or "none"
            where = f"{name} {page['page']} {page['profile']}: "
            note = lambda what, where=where: loud and print(where + what)
            s = score_page(page, pages.get(page["page"], {}), text, note)
            for group in (f"{page['profile']} {styles}", f"{page['profile']}", f"{styles}", "all"):
                groups[group] += s
    ratio = lambda a, b: f"{a / b:.3f}" if b else "  -  "
    print(f"{'':24s}pages  box R     P    code R     P   text R     P  placed")
    for name, s in sorted(groups.items(), key=lambda g: (g[0] == "all", g[0].count(" ") == 0, g[0])):
        print(f"{name:24s}{s['pages']:4d} {ratio(s['box'], s['boxes'])} {ratio(s['box'], s['found'])}  "
              f"{ratio(s['code'], s['codes'])} {ratio(s['code'], s['codes_found'])}  "
              f"{ratio(s['text'], s['text_want'])} {ratio(s['text'], s['text_have'])}  "
              f"{ratio(s['placed'], s['text_want'])}")


main()
