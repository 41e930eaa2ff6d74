"""Code a record of the CSTO from data sets, by the rules of README.md. Plain Python, no packages.

python code.py UCDP.csv GSDB.csv AID.csv

UCDP.csv: UCDP country-year dataset on organized violence within country borders, v25.1;
GSDB.csv: Global Sanctions Data Base, version 3; AID.csv: US foreign assistance by country and
fiscal year (ForeignAssistance.gov). treaties.csv and statuses.csv are read from this folder;
events.csv and coverage.csv are written into it.
"""

import csv
import sys
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

HERE = Path(__file__).parent
FIRST, LAST = date(1992, 1, 1), date(2025, 12, 31)
PERIODS = [(1992, 1993), (1994, 1998), (1999, 2003), (2004, 2008), (2009, 2013), (2014, 2018),
           (2019, 2023), (2024, 2025)]  # fmt: skip
DRIVERS = ["external_threat", "internal_threat", "inside_pressure", "demand", "offer", "answer",
           "outside_pressure"]  # fmt: skip
EIGHT = {
    "Armenia": "ARM",
    "Azerbaijan": "AZE",
    "Belarus": "BLR",
    "Georgia": "GEO",
    "Kazakhstan": "KAZ",
    "Kyrgyzstan": "KGZ",
    "Tajikistan": "TJK",
    "Uzbekistan": "UZB",
}
CODE = EIGHT | {"Russia": "RUS", "Russia (Soviet Union)": "RUS", "Turkey": "TUR", "Iran": "IRN",
                "Ukraine": "UKR", "Afghanistan": "AFG", "China": "CHN", "Turkmenistan": "TKM",
                "Poland": "POL", "Lithuania": "LTU", "Latvia": "LVA", "United States": "USA",
                "EU": "EU", "CSCE": "OSCE", "OSCE": "OSCE", "United Kingdom": "GBR",
                "Canada": "CAN", "Switzerland": "CHE", "Japan": "JPN", "Korea, South": "KOR",
                "Australia": "AUS"}  # fmt: skip
# Land borders, the patron's left out (rule T5).
NEXT = {"ARM": "AZE GEO IRN TUR", "AZE": "ARM GEO IRN TUR", "BLR": "LTU LVA POL UKR",
        "GEO": "ARM AZE TUR", "KAZ": "CHN KGZ TKM UZB", "KGZ": "CHN KAZ TJK UZB",
        "TJK": "AFG CHN KGZ UZB", "UZB": "AFG KAZ KGZ TJK TKM"}  # fmt: skip
# UCDP's names of the clients in scenario.toml: name there, sponsor, since, until.
CLIENTS = {"Republic of Abkhazia": ("Abkhazia", "RUS", 1992, 9999),
           "Republic of South Ossetia": ("South Ossetia", "RUS", 1992, 9999),
           "Republic of Artsakh": ("Nagorno-Karabakh", "ARM", 1992, 2023)}  # fmt: skip
PEOPLE = {"ARM": 3.2, "AZE": 8.0, "BLR": 10.0, "GEO": 4.1, "KAZ": 14.9, "KGZ": 4.9, "TJK": 6.2,
          "UZB": 24.7}  # millions in 2000, World Bank, rounded  # fmt: skip
EU15 = {"Austria", "Belgium", "Denmark", "Finland", "France", "Germany", "Greece", "Ireland",
        "Italy", "Luxembourg", "Netherlands", "Portugal", "Spain", "Sweden",
        "United Kingdom"}  # fmt: skip
STRENGTH = {"partnership": 1, "programme": 1, "market": 2, "association": 2, "base": 3,
            "promise": 3, "candidacy": 4, "defence": 4, "customs union": 1}  # fmt: skip
COLUMNS = ["id", "date", "end", "kind", "actor", "target", "strength", "threat_level",
           "description", "source", "confidence", "consequence", "alternatives",
           "source_seen"]  # fmt: skip


def read(path):
    """Rows of a CSV file as dictionaries."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def day(text):
    """A date as the program reads it: a month or a year at its middle."""
    parts = [int(p) for p in text.split("-")]
    return date(*parts) if len(parts) == 3 else date(parts[0], *(parts[1:] or [7]), 15 - 14 * (
        len(parts) == 1))  # fmt: skip


def level(deaths, steps):
    """How many of the steps the deaths reach."""
    return sum(deaths >= s for s in steps)


def runs(by_year):
    """Runs of consecutive years with one code: first year, last year, code, opens an episode."""
    years = sorted(by_year)
    start = None
    for y in years:
        start = y if start is None else start
        if by_year.get(y + 1) != by_year[y]:
            yield start, y, by_year[y], start - 1 not in by_year
            start = None


def span(first, last, opens, covered):
    """Dates of a run of years; what is in force in the last year covered is carried on."""
    start = date(first, 7, 1) if opens and first > FIRST.year else date(first, 1, 1)
    return start, LAST if last >= covered else date(last, 12, 31)


# ---------------------------------------------------------------- threats (rules T1 to T5)


def threats(path):
    """All threats as rows."""
    internal, others = defaultdict(dict), defaultdict(dict)  # state (and actor) -> year -> deaths
    split = set()  # (state, actor, year) where deaths had to be divided
    war = {}  # (country, year) -> state-based deaths
    counted = set()  # (state, country, year) that T2 or T3 counts
    table = [r for r in read(path) if int(r["year_cy"]) >= FIRST.year]
    covered = max(int(r["year_cy"]) for r in table)

    def add(store, key, actor, year, deaths, shared):
        store[key][year] = store[key].get(year, 0) + deaths
        if shared:
            split.add((key if isinstance(key, str) else key[0], actor, year))

    for r in table:
        place, y = CODE.get(r["country_cy"]), int(r["year_cy"])
        war[place, y] = int(r["sb_total_deaths_best_cy"])
        for kind, deaths in (("sb_intrastate", "sb_intrastate_deaths_best_cy"),
                             ("sb_interstate", "sb_interstate_deaths_best_cy"),
                             ("ns", "ns_total_deaths_best_cy"),
                             ("os", "os_total_deaths_best_cy")):  # fmt: skip
            dyads = [d for d in r[f"{kind}_dyad_names_cy"].split("; ") if " - " in d]
            for d in dyads:
                n, shared = int(r[deaths]) / len(dyads), len(dyads) > 1
                names = [p.strip() for p in d.split(" - ")]
                states = [CODE.get(p.removeprefix("Government of ")) for p in names
                          if p.startswith("Government of ")]  # fmt: skip
                client = next((CLIENTS[p] for p in names if p in CLIENTS
                               and CLIENTS[p][2] <= y <= CLIENTS[p][3]), None)  # fmt: skip
                government = states[0] if states else None
                if kind == "sb_interstate":
                    for a, b in (states, states[::-1]):
                        if a in PEOPLE and b:
                            add(others, (a, b), b, y, n, shared)  # T2
                            counted.add((a, place, y))
                elif kind == "sb_intrastate":
                    if client and government in PEOPLE:
                        add(others, (government, client[0]), client[0], y, n, shared)  # T2
                        counted.add((government, place, y))
                        if client[1] in PEOPLE:
                            add(others, (client[1], government), government, y, n, shared)  # T3
                            counted.add((client[1], place, y))
                    elif government in PEOPLE:
                        add(internal, government, "internal", y, n, shared)  # T1
                    if (
                        place in PEOPLE
                        and government != place
                        and not (client and client[1] == place)
                    ):
                        group = next(p for p in names if not p.startswith("Government of "))
                        add(others, (place, group), group, y, n, shared)  # T4
                elif place in PEOPLE:  # between groups, or against civilians
                    if client and client[1] != place:
                        add(others, (place, client[0]), client[0], y, n, shared)  # T2
                    elif government and government != place:
                        add(others, (place, government), government, y, n, shared)  # T2
                    else:
                        add(internal, place, "internal", y, n, shared)  # T1

    def row(state, actor, by_year, steps, base, words):
        codes = {y: base + level(n, steps) for y, n in by_year.items()}
        for first, last, code, opens in runs(codes):
            ns = [round(by_year[y]) for y in range(first, last + 1)]
            few, many = min(ns), max(ns)
            start, end = span(first, last, opens, covered)
            amount = f"{many:,}" if few == many else f"{few:,} to {many:,}"
            when = f"in {first}" if first == last else f"a year from {first} to {last}"
            noun = "death" if amount == "1" else "deaths"
            yield {"kind": "threat", "actor": actor, "target": state, "strength": code,
                   "start": start, "stop": end, "deaths": many, "name": f"ucdp-{slug(actor)}",
                   "description": f"UCDP counts {amount} {noun} {when} {words}.",
                   "source": "UCDP Country-Year Dataset on Organized Violence, v25.1",
                   "confidence": "medium" if any((state, actor, y) in split for y in
                                                 range(first, last + 1)) else "high",
                   "source_seen": "yes"}  # fmt: skip

    for s in sorted(internal):
        yield from row(s, "internal", internal[s], (25, 100, 1000), 2,
                       "in violence within the state")  # fmt: skip
    for s, a in sorted(others):
        yield from row(s, a, others[s, a], (25, 100, 1000, 10000), 1,
                       f"in violence in which {a} stood against the state, its client or another "
                       "government on its soil")  # fmt: skip
    for s in PEOPLE:
        for n in NEXT[s].split():
            years = {y: war[n, y] for y in range(FIRST.year, covered + 1)
                     if war.get((n, y), 0) >= 1000 and (s, n, y) not in counted}  # fmt: skip
            yield from row(s, f"war in {n}", years, (), 2, "of war in the neighbouring state")


# ---------------------------------------------------------------- coercion


def sanctions(path):
    """All sanctions on the eight as rows."""
    table = read(path)
    covered = max(int(r["end"]) for r in table)
    found = defaultdict(list)
    for r in table:
        target, who = EIGHT.get(r["sanctioned_state"]), r["sanctioning_state"]
        begin, end = int(r["begin"]), int(r["end"])
        if not target or end < FIRST.year:
            continue
        names = {n.strip() for n in who.split(",")}
        eu = "EU" in names or len(names & EU15) >= 10
        sender = "EU" if eu else CODE[who if who in CODE else who.split(",")[0].strip()]
        code = (3 if "compl" in r["descr_trade"] else
                2 if "1" in (r["trade"], r["arms"], r["financial"]) else 1)  # fmt: skip
        start = max(date(begin, 7, 1), FIRST)
        stop = (LAST if end >= covered else date(end, 12, 31) if end == begin
                else date(end, 6, 30))  # fmt: skip
        found[target, sender, code].append((start, stop, r["case_id"]))
    for (target, sender, code), cases in sorted(found.items()):
        merged = []
        for start, stop, sim in sorted(cases):
            if merged and start <= merged[-1][1] + timedelta(1):
                merged[-1][1] = max(merged[-1][1], stop)
                merged[-1][2].append(sim)
            else:
                merged.append([start, stop, [sim]])
        what = {
            1: "travel, military-aid or other sanctions",
            2: "partial trade, arms or financial sanctions",
            3: "a complete trade embargo",
        }
        for start, stop, ids in merged:
            yield {"kind": "coercion", "actor": sender, "target": target, "strength": code,
                   "start": start, "stop": stop, "deaths": 0, "name": f"gsdb-{slug(sender)}",
                   "description": f"{sender} has {what[code]} in force against {target} "
                                  f"(case {', '.join(ids)}).",
                   "source": "GSDB v3 (Global Sanctions Data Base)", "confidence": "medium",
                   "source_seen": "yes"}  # fmt: skip


# ---------------------------------------------------------------- offers and demands


def aid(path):
    """US aid above the sum per head as rows."""
    total = defaultdict(float)
    for r in read(path):
        if r["Transaction Type Name"] == "Obligations" and r["Country Code"] in PEOPLE:
            year = r["Fiscal Year"]
            if year.isdigit() and r["constant_amount"]:
                total[r["Country Code"], int(year)] += float(r["constant_amount"])
    covered = max(y for _, y in total)
    for s, people in PEOPLE.items():
        head = {y: total[s, y] / people / 1e6 for t, y in list(total) if t == s}
        large = {y for y, x in head.items() if x >= 10 and y >= FIRST.year}
        large |= {y for y in head if {y - 1, y + 1} <= large}
        for first, last, _, opens in runs(dict.fromkeys(large, 2)):
            start, stop = span(first, last, opens, covered)
            ns = sorted({round(head[y]) for y in range(first, last + 1)})
            yield {"kind": "offer", "actor": "USA", "target": s, "strength": 2, "start": start,
                   "stop": stop, "deaths": 0, "name": "usa-aid",
                   "description": f"US aid of {' to '.join(map(str, ns[:: len(ns) - 1 or 1]))} "
                                  f"constant dollars a head in the year, {first} to {last}.",
                   "source": "ForeignAssistance.gov, obligations by country and fiscal year",
                   "confidence": "high", "source_seen": "yes"}  # fmt: skip


def treaties(path):
    """Treaties and programmes as rows."""
    for r in read(path):
        start = day(r["signed"])
        stop = (LAST if r["end"] == "in force" else day(r["end"]) if r["end"]
                else date(start.year + 10, start.month, start.day) - timedelta(1))  # fmt: skip
        demand = r["type"] == "customs union"
        yield {"kind": "demand" if demand else "offer", "actor": r["actor"], "target": r["state"],
               "strength": STRENGTH[r["type"]], "start": start, "stop": min(stop, LAST),
               "deaths": 0, "name": f"{slug(r['actor'])}-{slug(r['type'])}",
               "description": r["note"] + ("." if r["end"] or demand else " (ten years)."),
               "source": r["source"], "confidence": r["confidence"],
               "source_seen": r["source_seen"]}  # fmt: skip


# ---------------------------------------------------------------- two rows a cell


def slug(name):
    """A name fit for an id."""
    return "".join(c if c.isalnum() else "-" for c in name.lower()).strip("-")


def member(statuses, state, when):
    """Whether the state belongs on that day."""
    now = [r["strength"] for r in statuses if r["target"] == "CSTO" and r["actor"] == state
           and day(r["date"]) <= when]  # fmt: skip
    return bool(now) and now[-1] == "member"


def driver(row, period, statuses):
    """The driver of a row in a period."""
    kind, actor = row["kind"], row["actor"]
    if kind in ("offer", "demand"):
        return kind
    if actor == "internal":
        return "internal_threat"
    start = max(row["start"], date(period[0], 1, 1))
    stop = min(row["stop"], date(period[1], 12, 31))
    sponsor = next((c[1] for c in CLIENTS.values() if c[0] == actor), actor)
    inside = sponsor == "RUS" or member(statuses, sponsor, start + (stop - start) / 2)
    if inside:
        return "inside_pressure"
    return "external_threat" if kind == "threat" else "outside_pressure"


def strongest(rows, statuses):
    """Cells with their two strongest rows, and for each row the periods in which it is one."""
    cells, kept = defaultdict(list), defaultdict(list)
    for i, row in enumerate(rows):
        for k, p in enumerate(PERIODS):
            if row["start"].year <= p[1] and row["stop"].year >= p[0]:
                cells[driver(row, p, statuses), row["target"], k].append(i)
    for cell, ids in cells.items():
        ids.sort(key=lambda i: (-rows[i]["strength"], -rows[i]["deaths"], rows[i]["start"],
                                rows[i]["name"]))  # fmt: skip
        for i in ids[:2]:
            kept[i].append(cell[2])
    return kept


def cut(rows, statuses):
    """Rows cut to the periods in which they are among the two strongest; the rest as notes."""
    kept = strongest(rows, statuses)
    for i, row in enumerate(rows):
        ks, parts = sorted(kept[i]), []
        for k in ks:
            if parts and parts[-1][-1] == k - 1:
                parts[-1].append(k)
            else:
                parts.append([k])
        for part in parts:
            start = max(row["start"], date(PERIODS[part[0]][0], 1, 1))
            stop = min(row["stop"], date(PERIODS[part[-1]][1], 12, 31))
            whole = (start, stop) == (row["start"], row["stop"])
            yield row | {"start": start, "stop": stop, "alternatives": "" if whole else
                         f"In force {row['start']} to {row['stop']}; among the two strongest "
                         f"only {start.year}-{stop.year}"}  # fmt: skip
        if not parts:
            yield row | {"kind": "note", "alternatives": f"{row['kind']} {row['strength']}, never "
                         "among the two strongest"}  # fmt: skip


def main():
    """Read the data, apply the rules, write the tables."""
    statuses = read(HERE / "statuses.csv")
    rows = [*threats(sys.argv[1]), *sanctions(sys.argv[2]), *aid(sys.argv[3]),
            *treaties(HERE / "treaties.csv")]  # fmt: skip
    rows = sorted(cut(rows, statuses), key=lambda r: (r["start"], r["target"], r["name"]))
    seen = defaultdict(int)
    for r in rows:
        name = f"{r['target'].lower()}-{r['start'].year}-{r['name']}"
        seen[name] += 1
        r["id"] = name if seen[name] == 1 else f"{name}-{seen[name]}"
    with open(HERE / "events.csv", "w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, COLUMNS, restval="", extrasaction="ignore",
                             lineterminator="\n")  # fmt: skip
        out.writeheader()
        out.writerows(r | {"date": r["start"], "end": r["stop"]} for r in rows)
    cells = defaultdict(list)
    for r in rows:
        for p in PERIODS:
            if r["kind"] != "note" and r["start"].year <= p[1] and r["stop"].year >= p[0]:
                cells[driver(r, p, statuses), r["target"], p].append(r)
    with open(HERE / "coverage.csv", "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["driver", "state", "period", "finding", "rows"])
        for d in DRIVERS:
            for s in PEOPLE:
                for p in PERIODS:
                    rs = cells[d, s, p]
                    text = "no data set at hand" if d == "answer" else "nothing found"
                    if rs:
                        text = (
                            f"{len(rs)} row(s), strongest code {max(r['strength'] for r in rs)}"
                            f"; from {', '.join(sorted({r['actor'] for r in rs}))}"
                        )
                    out.writerow([d, s, f"{p[0]}-{p[1]}", text, " ".join(r["id"] for r in rs)])


if __name__ == "__main__":
    main()
