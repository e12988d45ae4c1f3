#include "connectors/formats/delimited_reader.hpp"

#include <gtest/gtest.h>

#include <random>

#include "connectors/formats/memory_stream.hpp"

namespace caseweave {
namespace {

/// What a reader made of a document, as text.
template <typename Scan>
std::vector<std::string> split_all(const std::string& text, const DelimitedDialect& dialect) {
    using Reader = BasicDelimitedReader<Scan>;
    MemoryStream stream("memory", text);
    DocumentWindow window(stream);
    Reader reader(window, dialect, 1);
    std::vector<std::string> records;
    for (auto outcome = reader.next(); outcome != Reader::Outcome::end; outcome = reader.next()) {
        std::string record = std::to_string(reader.line()) + "@" + std::to_string(reader.offset()) + ":";
        if (outcome == Reader::Outcome::bad_quote) record += "bad_quote";
        if (outcome == Reader::Outcome::too_large) record += "too_large";
        for (std::size_t i = 0; i < reader.fields().size(); ++i) {
            record += "[";
            if (reader.fields()[i].escaped) {
                unescape_quotes(reader.field(i), dialect.quote, record);
            } else {
                record += reader.field(i);
            }
            record += "]";
        }
        records.push_back(std::move(record));
    }
    return records;
}

std::vector<std::string> split_all(const std::string& text, const DelimitedDialect& dialect = {}) {
    return split_all<SeparatorScan>(text, dialect);
}

TEST(DelimitedReader, SplitsPlainRecords) {
    EXPECT_EQ(split_all("a,b\r\nc,d\n"), (std::vector<std::string>{"1@0:[a][b]", "2@5:[c][d]"}));
}

TEST(DelimitedReader, TakesALastLineWithoutItsEnd) {
    EXPECT_EQ(split_all("a,b"), (std::vector<std::string>{"1@0:[a][b]"}));
}

TEST(DelimitedReader, KeepsLineEndsAndSeparatorsInsideQuotes) {
    EXPECT_EQ(split_all("\"a,\nb\",c\nd,e\n"), (std::vector<std::string>{"1@0:[a,\nb][c]", "3@9:[d][e]"}));
}

TEST(DelimitedReader, ReadsDoubledQuotesAsOne) {
    EXPECT_EQ(split_all("\"say \"\"hi\"\"\",x\r\n"), (std::vector<std::string>{"1@0:[say \"hi\"][x]"}));
}

TEST(DelimitedReader, TakesQuotesInsideAFieldAsTheyStand) {
    EXPECT_EQ(split_all("O\"Brien,5' 3\"\n"), (std::vector<std::string>{"1@0:[O\"Brien][5' 3\"]"}));
}

TEST(DelimitedReader, AnUnbalancedQuoteCostsItsLineOnly) {
    EXPECT_EQ(split_all("1,\"abc\n2,\"def\"\n3,x\n"),
              (std::vector<std::string>{"1@0:bad_quote", "2@7:[2][def]", "3@15:[3][x]"}));
    EXPECT_EQ(split_all("1,x\n2,\"never closed"), (std::vector<std::string>{"1@0:[1][x]", "2@4:bad_quote"}));
}

TEST(DelimitedReader, BoundsRecordsAndGoesOnBehindThem) {
    const DelimitedDialect dialect{',', '"', 64};
    const std::string long_line(200, 'x');
    EXPECT_EQ(split_all("a,b\n" + long_line + "\nc,d\n", dialect),
              (std::vector<std::string>{"1@0:[a][b]", "2@4:too_large", "3@205:[c][d]"}));
    EXPECT_EQ(split_all("a,\"" + long_line + "\nc,d\n", dialect),
              (std::vector<std::string>{"1@0:too_large", "2@204:[c][d]"}));
}

TEST(DelimitedReader, ReadsWithoutQuotingWhereThereIsNone) {
    EXPECT_EQ(split_all("D|\"x|y\n", {'|', '\0', 1024}), (std::vector<std::string>{"1@0:[D][\"x][y]"}));
}

TEST(DelimitedReader, BothScansAgreeOnAnything) {
    const unsigned seed = 20260331;
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const std::string alphabet = "ab,\"\n\r\n,\"x";
    for (int round = 0; round < 3000; ++round) {
        std::string text;
        const std::size_t size = random() % 400;
        for (std::size_t i = 0; i < size; ++i) text.push_back(alphabet[random() % alphabet.size()]);
        const DelimitedDialect dialect{',', round % 3 == 0 ? '\0' : '"', 64 + random() % 200};
        ASSERT_EQ(split_all<SeparatorScan>(text, dialect), split_all<ScalarSeparatorScan>(text, dialect)) << text;
    }
}

TEST(DelimitedReader, BothScansAgreeOverTheEndsOfWhatIsReadAtOnce) {
    const unsigned seed = 20260331;
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const std::string alphabet = "abcdefgh,,\n";
    for (int round = 0; round < 60; ++round) {
        std::string text;
        const std::size_t size = 20'000 + random() % 60'000;
        while (text.size() < size) {
            const auto rare = random() % 400;
            if (rare == 0) text += ",\"" + std::string(random() % 9000, random() % 2 == 0 ? 'x' : ',') + "\"\"\n\",y\n";
            if (rare == 1) text += "\n\"a quote that nothing closes\n";
            if (rare == 2) text.append(random() % 9000, 'z');
            text.push_back(alphabet[random() % alphabet.size()]);
        }
        const DelimitedDialect dialect{',', round % 3 == 0 ? '\0' : '"', 5000 + random() % 8000};
        ASSERT_EQ(split_all<SeparatorScan>(text, dialect), split_all<ScalarSeparatorScan>(text, dialect)) << round;
    }
}

}  // namespace
}  // namespace caseweave
