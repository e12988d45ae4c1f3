#pragma once

#include <cstddef>
#include <string_view>

/// What each accented or special Latin letter becomes: Latin-1, Latin Extended-A and -B, and Extended Additional
/// (Welsh, Irish, Vietnamese). Sixteen code points a line, two bytes each, padded with '.'; ".." means that the
/// code point has no ASCII letter of its own and is left to ICU. Decompositions are Unicode's; letters that do not
/// decompose take the form customary in passports (ICAO 9303), but without its doubled vowels: ö is o, not oe,
/// since councils type "Muller".
namespace caseweave::text {

inline constexpr char32_t kLatinFirst = 0xC0;
inline constexpr std::string_view kLatinFolds =
    "a.a.a.a.a.a.aec.e.e.e.e.i.i.i.i."   // U+00C0
    "d.n.o.o.o.o.o. .o.u.u.u.u.y.thss"   // U+00D0
    "a.a.a.a.a.a.aec.e.e.e.e.i.i.i.i."   // U+00E0
    "d.n.o.o.o.o.o. .o.u.u.u.u.y.thy."   // U+00F0
    "a.a.a.a.a.a.c.c.c.c.c.c.c.c.d.d."   // U+0100
    "d.d.e.e.e.e.e.e.e.e.e.e.g.g.g.g."   // U+0110
    "g.g.g.g.h.h.h.h.i.i.i.i.i.i.i.i."   // U+0120
    "i.i.ijijj.j.k.k.q.l.l.l.l.l.l.l."   // U+0130
    "l.l.l.n.n.n.n.n.n.n.n.n.o.o.o.o."   // U+0140
    "o.o.oeoer.r.r.r.r.r.s.s.s.s.s.s."   // U+0150
    "s.s.t.t.t.t.t.t.u.u.u.u.u.u.u.u."   // U+0160
    "u.u.u.u.w.w.y.y.y.z.z.z.z.z.z.s."   // U+0170
    "b.b.b.b.....o.c.c.d.d.d.d.d.e.a."   // U+0180
    "e.f.f.g.g.hvi.i.k.k.l.l.m.n.n.o."   // U+0190
    "o.o.oioip.p.r.....s.s.t.t.t.t.u."   // U+01A0
    "u.u.v.y.y.z.z.z.z.z.z.......tsw."   // U+01B0
    "........dzdzdzljljljnjnjnja.a.i."   // U+01C0
    "i.o.o.u.u.u.u.u.u.u.u.u.u.e.a.a."   // U+01D0
    "a.a.aeaeg.g.g.g.k.k.o.o.o.o.z.z."   // U+01E0
    "j.dzdzdzg.g.hvw.n.n.a.a.aeaeo.o."   // U+01F0
    "a.a.a.a.e.e.e.e.i.i.i.i.o.o.o.o."   // U+0200
    "r.r.r.r.u.u.u.u.s.s.t.t.y.y.h.h."   // U+0210
    "n.d.....z.z.a.a.e.e.o.o.o.o.o.o."   // U+0220
    "o.o.y.y.l.n.t.j.dbqpa.c.c.l.t.s."   // U+0230
    "z.....b.u...e.e.j.j.q.q.r.r.y.y.";  // U+0240

inline constexpr char32_t kLatinAdditionalFirst = 0x1E00;
inline constexpr std::string_view kLatinAdditionalFolds =
    "a.a.b.b.b.b.b.b.c.c.d.d.d.d.d.d."   // U+1E00
    "d.d.d.d.e.e.e.e.e.e.e.e.e.e.f.f."   // U+1E10
    "g.g.h.h.h.h.h.h.h.h.h.h.i.i.i.i."   // U+1E20
    "k.k.k.k.k.k.l.l.l.l.l.l.l.l.m.m."   // U+1E30
    "m.m.m.m.n.n.n.n.n.n.n.n.o.o.o.o."   // U+1E40
    "o.o.o.o.p.p.p.p.r.r.r.r.r.r.r.r."   // U+1E50
    "s.s.s.s.s.s.s.s.s.s.t.t.t.t.t.t."   // U+1E60
    "t.t.u.u.u.u.u.u.u.u.u.u.v.v.v.v."   // U+1E70
    "w.w.w.w.w.w.w.w.w.w.x.x.x.x.y.y."   // U+1E80
    "z.z.z.z.z.z.h.t.w.y.a.s.s.s.ssd."   // U+1E90
    "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a."   // U+1EA0
    "a.a.a.a.a.a.a.a.e.e.e.e.e.e.e.e."   // U+1EB0
    "e.e.e.e.e.e.e.e.i.i.i.i.o.o.o.o."   // U+1EC0
    "o.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o."   // U+1ED0
    "o.o.o.o.u.u.u.u.u.u.u.u.u.u.u.u."   // U+1EE0
    "u.u.y.y.y.y.y.y.y.y.llllv.v.y.y.";  // U+1EF0

static_assert(kLatinFolds.size() == 2 * (0x250 - 0xC0));
static_assert(kLatinAdditionalFolds.size() == 2 * 0x100);

/// Finds the folded form of a Latin letter: one or two letters, a space for a sign, or empty when the table does
/// not know the code point.
[[nodiscard]] constexpr std::string_view fold_latin(char32_t c) noexcept {
    std::string_view folds = kLatinFolds;
    std::size_t index = c - kLatinFirst;
    if (c < kLatinFirst) return {};
    if (c >= kLatinAdditionalFirst) {
        folds = kLatinAdditionalFolds;
        index = c - kLatinAdditionalFirst;
    }
    if (index >= folds.size() / 2) return {};
    const std::string_view fold = folds.substr(2 * index, 2);
    return fold.substr(0, fold.find('.'));
}

}  // namespace caseweave::text
