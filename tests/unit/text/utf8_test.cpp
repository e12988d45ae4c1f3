#include "text/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

#include "random_text.hpp"
#include "text/reference/reference.hpp"

namespace caseweave::text {
namespace {

using namespace std::string_view_literals;

std::string collapsed(std::string_view text) {
    std::string out = "previous content";
    collapse_whitespace(text, out);
    return out;
}

std::string without_controls(std::string_view text) {
    std::string out = "previous content";
    strip_controls(text, out);
    return out;
}

TEST(Utf8, AcceptsWellFormedText) {
    for (const std::string_view text : {""sv, "O'Brien"sv, "Siân"sv, "Żółć"sv, "王小明"sv, "محمد"sv, "😀"sv,
                                        "\xF4\x8F\xBF\xBF"sv, "\xED\x9F\xBF"sv, "\0"sv, "\x7F"sv}) {
        EXPECT_EQ(find_invalid_utf8(text), kNoOffset) << text;
    }
}

TEST(Utf8, FindsTheFirstIllFormedByte) {
    EXPECT_EQ(find_invalid_utf8("\x80"), 0U);                       // continuation without a lead
    EXPECT_EQ(find_invalid_utf8("Jos\xE9"), 3U);                    // Windows-1252 é at the end
    EXPECT_EQ(find_invalid_utf8("Jos\xE9 Garcia the long"), 3U);    // and before ASCII
    EXPECT_EQ(find_invalid_utf8("0123456789abcdef\xC0\xAF"), 16U);  // overlong slash
    EXPECT_EQ(find_invalid_utf8("\xE0\x80\xAF"), 0U);               // overlong, three bytes
    EXPECT_EQ(find_invalid_utf8("\xF0\x82\x82\xAC"), 0U);           // overlong, four bytes
    EXPECT_EQ(find_invalid_utf8("a\xED\xA0\x80"), 1U);              // surrogate
    EXPECT_EQ(find_invalid_utf8("é\xF4\x90\x80\x80"), 2U);          // above U+10FFFF
    EXPECT_EQ(find_invalid_utf8("\xFF"), 0U);
    EXPECT_EQ(find_invalid_utf8("ab\xE7\x8E"), 2U);  // truncated by a 35-byte column
}

TEST(Utf8, ReplacesWhatNoTextHolds) {
    std::string text("a\xC3\xA9\x00\t\n\xE2\x82z\xFF", 10);
    EXPECT_EQ(replace_unreadable_bytes(text), (std::vector<std::size_t>{3, 6, 7, 9}));
    EXPECT_EQ(text, "a\xC3\xA9\x7F\t\n\x7F\x7Fz\x7F");
    EXPECT_TRUE(replace_unreadable_bytes(text).empty());
}

TEST(Utf8, ValidationAgreesWithReference) {
    RandomText random;
    SCOPED_TRACE(random.trace());
    constexpr std::string_view kBoundaryBytes =
        "az\x7F\x80\x8F\x90\x9F\xA0\xBF\xC1\xC2\xDF\xE0\xE1\xED\xEF\xF0\xF1\xF4\xF5";
    for (int round = 0; round < 200'000; ++round) {
        const std::string text = random.draw(12, kBoundaryBytes);
        ASSERT_EQ(is_valid_utf8(text), reference::is_valid_utf8(text)) << ::testing::PrintToString(text);
    }
}

TEST(Utf8, DecodesWhatItEncodes) {
    for (char32_t c = 0; c <= 0x10FFFF; ++c) {
        if (c >= 0xD800 && c <= 0xDFFF) continue;
        std::string bytes;
        append_code_point(bytes, c);
        const DecodedCodePoint decoded = decode_code_point(bytes, 0);
        ASSERT_TRUE(decoded.valid);
        ASSERT_EQ(decoded.code_point, c);
        ASSERT_EQ(decoded.length_bytes, bytes.size());
    }
}

TEST(Utf8, EncodesWhatIsNoCodePointAsReplacement) {
    std::string out;
    append_code_point(out, 0xD800);
    append_code_point(out, 0x110000);
    EXPECT_EQ(out, "\uFFFD\uFFFD");
}

TEST(Utf8, DecodingStepsOverMaximalIllFormedSubparts) {
    const DecodedCodePoint truncated = decode_code_point("\xE7\x8Ez", 0);
    EXPECT_FALSE(truncated.valid);
    EXPECT_EQ(truncated.length_bytes, 2);
    EXPECT_EQ(truncated.code_point, kReplacementCharacter);
    EXPECT_EQ(decode_code_point("\xED\xA0\x80", 0).length_bytes, 1);
}

TEST(Utf8, CountsCodePoints) {
    EXPECT_EQ(count_code_points(""), 0U);
    EXPECT_EQ(count_code_points("Siân"), 4U);
    EXPECT_EQ(count_code_points("王小明"), 3U);
    EXPECT_EQ(count_code_points("a\xFF\xE7\x8E"), 3U);
    EXPECT_EQ(count_code_points(std::string(10'000, 'x')), 10'000U);
}

TEST(Utf8, TruncatesAtCodePoints) {
    EXPECT_EQ(truncate_bytes("Siân", 3), "Si");
    EXPECT_EQ(truncate_bytes("Siân", 4), "Siâ");
    EXPECT_EQ(truncate_bytes("Siân", 5), "Siân");
    EXPECT_EQ(truncate_bytes("😀", 3), "");
    EXPECT_EQ(truncate_bytes("王小明", 5), "王");
    EXPECT_EQ(truncate_bytes("abc", 0), "");
    EXPECT_EQ(truncate_code_points("王小明", 2), "王小");
    EXPECT_EQ(truncate_code_points("abc", 10), "abc");
    EXPECT_EQ(truncate_code_points("abc", 0), "");
}

TEST(Utf8, TruncatingValidTextLeavesValidText) {
    const std::string text = "Zażółć gęślą jaźń 王小明 😀 محمد";
    for (std::size_t limit = 0; limit <= text.size(); ++limit) {
        const std::string_view cut = truncate_bytes(text, limit);
        EXPECT_LE(cut.size(), limit);
        EXPECT_GT(cut.size() + 4, limit);
        EXPECT_TRUE(is_valid_utf8(cut)) << limit;
        EXPECT_LE(count_code_points(truncate_code_points(text, limit)), limit);
    }
}

TEST(Windows1252, ConvertsEveryDefinedByte) {
    std::string out;
    EXPECT_EQ(windows1252_to_utf8("Jos\xE9 \x80\x93O\x92Neill \x8E\x9F", out), kNoOffset);
    EXPECT_EQ(out, "José €“O’Neill ŽŸ");
    std::string all;
    for (int b = 0; b < 256; ++b) {
        if (b != 0x81 && b != 0x8D && b != 0x8F && b != 0x90 && b != 0x9D) all += static_cast<char>(b);
    }
    out.clear();
    EXPECT_EQ(windows1252_to_utf8(all, out), kNoOffset);
    EXPECT_TRUE(is_valid_utf8(out));
    EXPECT_EQ(count_code_points(out), 251U);
}

TEST(Windows1252, NamesTheUndefinedByte) {
    for (const std::string_view byte : {"\x81"sv, "\x8D"sv, "\x8F"sv, "\x90"sv, "\x9D"sv}) {
        std::string out;
        EXPECT_EQ(windows1252_to_utf8("ab" + std::string(byte) + "c", out), 2U);
        EXPECT_EQ(out, "ab");
    }
}

TEST(Whitespace, TrimsAllThatIsBlank) {
    EXPECT_EQ(trim("  a b\t\r\n"), "a b");
    EXPECT_EQ(trim("\u00A0\u200B\uFEFFMüller\u3000\u2060"), "Müller");
    EXPECT_EQ(trim(" \u00A0 "), "");
    EXPECT_EQ(trim(""), "");
    EXPECT_EQ(trim(" \xFF "), "\xFF");
}

TEST(Whitespace, CollapsesRunsAndDropsInvisibles) {
    EXPECT_EQ(collapsed("  Mary \u00A0\t Ann  "), "Mary Ann");
    EXPECT_EQ(collapsed("Ma\u200Bry\u200D Ann\u202C"), "Mary Ann");
    EXPECT_EQ(collapsed("\u00A0\u200B"), "");
    EXPECT_EQ(collapsed("a\xFF  b"), "a\xFF b");
    EXPECT_EQ(collapsed(std::string(10'000, ' ') + "x" + std::string(10'000, ' ')), "x");
}

TEST(Controls, AreStripped) {
    EXPECT_EQ(without_controls("a\0b\x1B\x7F\u0085\u009Fc"sv), "abc");
    EXPECT_EQ(without_controls("line one\r\nline\ttwo"), "line one  line two");
    EXPECT_EQ(without_controls("Żółć\x80"), "Żółć\x80");
}

TEST(Ascii, SeesAHighByteAnywhere) {
    EXPECT_TRUE(is_ascii(""));
    for (std::size_t length = 1; length < 40; ++length) {
        for (std::size_t i = 0; i < length; ++i) {
            std::string text(length, 'a');
            EXPECT_TRUE(is_ascii(text));
            text[i] = '\x80';
            EXPECT_FALSE(is_ascii(text)) << length << ' ' << i;
        }
    }
}

}  // namespace
}  // namespace caseweave::text
