"""Makes datasets/planner-example: a planner's folder of invented creators, as an agency would hold it.

Nobody in it exists. Python 3.11, no further packages:

    python3 planner_example.py --out ../../datasets/planner-example

Thirty accounts of twenty-four people on TikTok, Instagram and YouTube; a list of accounts with Vietnamese headers and
numbers (12.400), a rate card in Excel with titles, merged cells and a total, an export of posts, follower lists cut to
the newest or drawn at random, a table of whose accounts are one person's, and followers who were looked up. Followers
are drawn from an invented population in which people with the same interest follow the same creators more often.
"""

import argparse
import csv
import datetime
import io
import math
import pathlib
import random
import zipfile

LIMIT = 320
PEOPLE = 30_000
NICHES = ["beauty", "food", "tech", "travel"]
VIETNAMESE = {"beauty": "Làm đẹp", "food": "Ẩm thực", "tech": "Công nghệ", "travel": "Du lịch"}
NAMES = [
    "Trang Nguyễn", "Minh Khôi", "Bảo Ngọc", "Hà My", "Quỳnh Anh", "Đức Duy", "Thảo Vy", "Gia Hân", "Hoàng Nam",
    "Lan Phương", "Tuấn Kiệt", "Mai Chi", "Ngọc Diệp", "Khánh Linh", "Phúc An", "Yến Nhi", "Nhật Minh", "Thu Hiền",
    "Việt Dũng", "Cẩm Tú", "Hải Đăng", "Bích Thủy", "Anh Thư", "Quang Huy",
]
ENDS = {"beauty": "skin", "food": "bep", "tech": "lab", "travel": "phuot"}
# Views of a post over followers, reach over views, formats with their price factor.
PLATFORMS = {
    "tiktok": (1.4, None, [("video", 1.0)]),
    "instagram": (0.32, 0.8, [("reel", 1.0), ("story", 0.4)]),
    "youtube": (0.25, None, [("video", 1.8), ("short", 0.7)]),
}
PLAIN = str.maketrans("ăâđêôơưáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ",
                      "aadeoouaaaaaaaaaaaaaaaeeeeeeeeeeiiiiiooooooooooooooouuuuuuuuuuyyyyy")


def creators(draw):
    """Accounts with their followers: people 0, 1, … of the population of each platform."""
    rows = []
    for person, name in enumerate(NAMES):
        niche = NICHES[person % len(NICHES)]
        base = name.lower().translate(PLAIN).replace(" ", "")
        homes = draw.sample(list(PLATFORMS), 2 if person % 4 == 0 else 1)
        for platform in homes:
            followers = int(10 ** draw.uniform(3.0, 4.2))
            rows.append({"platform": platform, "handle": f"{base}.{ENDS[niche]}", "name": name, "niche": niche,
                         "followers": followers, "person": f"P{person + 1:02}", "second": len(homes) > 1})
    for row in rows:
        weights = [4.0 if interest(u) == row["niche"] else 1.0 for u in range(PEOPLE)]
        chosen = set()
        while len(chosen) < row["followers"]:
            chosen.update(draw.choices(range(PEOPLE), weights, k=row["followers"] - len(chosen)))
        row["audience"] = sorted(chosen)
        draw.shuffle(row["audience"])
    return rows


def interest(person):
    return NICHES[person * 2654435761 % 2**32 % len(NICHES)]


def called(platform, person):
    return f"nguoidung{(person * 7919 + len(platform) * 104729) % 1_000_003:06}"


def dotted(number):
    return f"{number:,}".replace(",", ".")


def write_csv(path, head, rows, delimiter=",", mark=False):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((b"\xef\xbb\xbf" if mark else b"") + text.getvalue().encode())


def cell(place, value):
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return f'<c r="{place}"><v>{value}</v></c>'
    text = value.replace("&", "&amp;").replace("<", "&lt;")
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def sheet(rows, merged):
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(cell(f"{chr(65 + at)}{number}", value) for at, value in enumerate(row))
        lines.append(f'<row r="{number}">{cells}</row>')
    merges = "".join(f'<mergeCell ref="{area}"/>' for area in merged)
    return ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="http://schemas.openxmlformats.org/'
            f'spreadsheetml/2006/main"><sheetData>{"".join(lines)}</sheetData>'
            f'<mergeCells count="{len(merged)}">{merges}</mergeCells></worksheet>')


def write_xlsx(path, tabs):
    """A workbook of (name, rows, merged areas), with fixed dates so that the bytes are always the same."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'{head}<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
        f'"application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        + "".join(f'<Override PartName="/xl/worksheets/sheet{at}.xml" ContentType="{kind}.worksheet+xml"/>'
                  for at in range(1, len(tabs) + 1)) + "</Types>",
        "_rels/.rels": f'{head}<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type='
        f'"{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{head}<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>'
        + "".join(f'<sheet name="{name}" sheetId="{at}" r:id="rId{at}"/>' for at, (name, _, _) in enumerate(tabs, 1))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{head}<Relationships xmlns="{package}/relationships">'
        + "".join(f'<Relationship Id="rId{at}" Type="{relations}/worksheet" Target="worksheets/sheet{at}.xml"/>'
                  for at in range(1, len(tabs) + 1)) + "</Relationships>",
    }
    for at, (_, rows, merged) in enumerate(tabs, 1):
        parts[f"xl/worksheets/sheet{at}.xml"] = sheet(rows, merged)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in parts.items():
            book.writestr(zipfile.ZipInfo(name, (2025, 7, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)


def price(row, factor):
    return max(round(25 * row["followers"] ** 0.9 * factor / 1000) * 100_000 // 10, 300_000)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--out", type=pathlib.Path, required=True)
    out = options.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    draw = random.Random(2025)
    rows = creators(draw)

    accounts, links = [], []
    for at, row in enumerate(rows):
        whole = row["followers"] <= LIMIT
        row["design"] = "full" if whole else ["random", "newest-first"][at % 2]
        accounts.append([row["platform"].capitalize(), "@" + row["handle"], row["name"], dotted(row["followers"]),
                         VIETNAMESE[row["niche"]], "Việt Nam", row["design"], "30/06/2025"])
        listed = [[called(row["platform"], person)] for person in row["audience"][:LIMIT]]
        write_csv(out / "lists" / row["platform"] / f"{row['handle']}.csv", ["follower"], listed)
        if row["second"]:
            links.append([row["platform"].capitalize(), row["handle"], row["person"]])
    write_csv(out / "danh sách KOL.csv",
              ["Nền tảng", "Tài khoản", "Tên hiển thị", "Người theo dõi", "Lĩnh vực", "Quốc gia", "Cách lấy danh sách",
               "Ngày lấy danh sách"], accounts, ";", mark=True)
    write_csv(out / "links.csv", ["Nền tảng", "Tài khoản", "Chủ tài khoản"], links, mark=True)

    posts, number = [], 0
    for row in rows:
        ratio, reach, formats = PLATFORMS[row["platform"]]
        level = math.exp(draw.gauss(0, 0.45))
        for _ in range(draw.randint(7, 14)):
            number += 1
            day = datetime.date(2025, 4, 1) + datetime.timedelta(days=draw.randrange(90))
            sponsored = draw.random() < 0.25
            views = int(row["followers"] * ratio * level * math.exp(draw.gauss(0, 0.5)) * (0.7 if sponsored else 1.0)) + 1
            seen = int(views * reach * draw.uniform(0.9, 1.0)) if reach else ""
            likes = int(views * draw.uniform(0.03, 0.09))
            posts.append([day.strftime("%d/%m/%Y"), row["platform"].capitalize(), "@" + row["handle"], f"P{number:04}",
                          draw.choice(formats)[0], "Có" if sponsored else "Không", dotted(views),
                          dotted(seen) if reach else "", dotted(likes), dotted(likes // 14), dotted(likes // 30),
                          dotted(likes // 9) if reach else "-"])
    posts.sort(key=lambda post: (post[0][3:5], post[0], post[3]))
    write_csv(out / "bài đăng quý 2.csv",
              ["Ngày đăng", "Nền tảng", "Tài khoản", "Mã bài đăng", "Định dạng", "Tài trợ", "Lượt xem", "Lượt tiếp cận",
               "Lượt thích", "Bình luận", "Chia sẻ", "Lượt lưu"], posts, mark=True)

    tabs = []
    for platform, (_, _, formats) in PLATFORMS.items():
        card = [["BÁO GIÁ KOL 2025"], ["Giá chưa gồm VAT. Số liệu minh họa, mọi tên đều hư cấu."], [],
                ["STT", "Link kênh", "Hình thức", "Đơn giá (VNĐ)"]]
        address = {"tiktok": "https://www.tiktok.com/@{}", "instagram": "https://www.instagram.com/{}/",
                   "youtube": "https://www.youtube.com/@{}"}[platform]
        own = [(row, kind, factor) for row in rows if row["platform"] == platform for kind, factor in formats]
        for line, (row, kind, factor) in enumerate(own, 1):
            card.append([line, address.format(row["handle"]), kind, price(row, factor)])
        card.append(["Tổng cộng", None, None, sum(line[3] for line in card[4:])])
        tabs.append((platform.capitalize(), card, ["A1:D1", "A2:D2"]))
    write_xlsx(out / "bảng giá.xlsx", tabs)

    # Followers of four creators on one platform, looked up on the three others.
    home = max(PLATFORMS, key=lambda platform: sum(row["platform"] == platform for row in rows))
    four = [row for row in rows if row["platform"] == home][:4]
    asked = []
    for row in four:
        for person in draw.sample(row["audience"][:LIMIT], 60):
            for other in four:
                if other is not row:
                    follows = "yes" if person in set(other["audience"]) else "no"
                    asked.append([home, called(home, person), other["handle"], follows])
    write_csv(out / "lookups.csv", ["platform", "follower", "creator", "follows"], sorted(set(map(tuple, asked))))


if __name__ == "__main__":
    main()
