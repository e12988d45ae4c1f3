#include "app/people_files/reviewed_sample.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "app/people_files/review_columns.hpp"
#include "app/people_files/scored_pairs.hpp"
#include "core/error.hpp"

namespace caseweave {

namespace {

/// Names the rows of a stratum and counts what was found in them.
class SampleReader {
  public:
    explicit SampleReader(const std::filesystem::path& file)
        : table_(file),
          pair_(table_),
          outcome_(table_.column("outcome")),
          stratum_(table_.column("stratum")),
          pairs_(table_.column("stratum_pairs")),
          sampled_(table_.column("stratum_sampled")),
          all_pairs_(table_.column("all_pairs")),
          verdict_(table_.column("verdict")) {}

    ReviewedSample read() {
        while (table_.next()) take_row();
        table_.require_rows();
        for (auto& [number, stratum] : strata_) {
            check_complete(stratum);
            sample_.strata.push_back(std::move(stratum.stratum));
        }
        check_all_strata_there();
        sample_.file = table_.name();
        return std::move(sample_);
    }

  private:
    struct StratumRows {
        ReviewedSample::Stratum stratum;
        std::uint64_t rows = 0;
    };

    std::uint64_t count_in(std::size_t column) const {
        const std::string_view text = table_.required_field(column);
        std::uint64_t count = 0;
        const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
        if (failure != std::errc() || end != text.data() + text.size() || count == 0)
            table_.fail(fmt::format("{} is not a count of 1 or more", table_.columns()[column]));
        return count;
    }

    std::size_t stratum_in_row(PairOutcome outcome) const {
        const auto stratum = find_stratum(table_.required_field(stratum_));
        if (!stratum) table_.fail("the stratum is none that caseweave sample-for-review writes");
        if (outcome_of(*stratum) != outcome) table_.fail("outcome and stratum do not belong together");
        return *stratum;
    }

    void take_row() {
        const PairOutcome outcome = required_outcome(table_, outcome_);
        const std::size_t number = stratum_in_row(outcome);
        take_pair(number);
        ReviewedSample::Stratum& stratum = take_stratum(number, outcome);
        const auto verdict = optional_verdict(table_, verdict_);
        if (!verdict) return;
        ReviewedStratum& found = stratum.found;
        ++(*verdict == Verdict::same ? found.same : *verdict == Verdict::different ? found.different : found.unsure);
    }

    void take_pair(std::size_t stratum) {
        const std::uint64_t all_pairs = count_in(all_pairs_);
        if (sample_.pairs.empty()) all_pairs_sampled_from_ = all_pairs;
        if (all_pairs != all_pairs_sampled_from_) table_.fail("all_pairs is another than in the rows above");
        const auto [earlier, first] =
            sample_.pairs.emplace(pair_.ids_of(table_), ReviewedSample::Pair{table_.line(), stratum});
        if (!first) table_.fail(fmt::format("the pair stands in line {} already", earlier->second.line));
    }

    ReviewedSample::Stratum& take_stratum(std::size_t number, PairOutcome outcome) {
        const std::uint64_t pairs = count_in(pairs_);
        const std::uint64_t sampled = count_in(sampled_);
        if (sampled > pairs) table_.fail("stratum_sampled is more than stratum_pairs");
        StratumRows& rows = strata_[number];
        if (rows.rows == 0) {
            rows.stratum.number = number;
            rows.stratum.name = table_.field(stratum_);
            rows.stratum.sampled = sampled;
            rows.stratum.found.outcome = outcome;
            rows.stratum.found.pairs = pairs;
        } else if (rows.stratum.found.pairs != pairs || rows.stratum.sampled != sampled) {
            table_.fail("stratum_pairs or stratum_sampled is another than in the stratum's rows above");
        }
        ++rows.rows;
        return rows.stratum;
    }

    /// Rows taken away, or put in, would make the sample another than the random one it was.
    void check_complete(const StratumRows& rows) const {
        const ReviewedSample::Stratum& stratum = rows.stratum;
        if (rows.rows != stratum.sampled) {
            throw Error(
                ErrorKind::source,
                fmt::format("{}: stratum {} has {} rows, and {} were sampled; leave every row in and the verdict "
                            "empty where there is none yet",
                            table_.name(), stratum.name, rows.rows, stratum.sampled));
        }
        if (stratum.found.reviewed() == 0) {
            throw Error(ErrorKind::source,
                        fmt::format("{}: stratum {} has no verdict; review one of its pairs at least", table_.name(),
                                    stratum.name));
        }
    }

    /// Without a stratum the others' pairs would pass for all there are.
    void check_all_strata_there() const {
        std::uint64_t pairs = 0;
        for (const ReviewedSample::Stratum& stratum : sample_.strata) pairs += stratum.found.pairs;
        if (pairs == all_pairs_sampled_from_) return;
        throw Error(ErrorKind::source,
                    fmt::format("{}: its strata have {} pairs, and {} were sampled from; leave every row in",
                                table_.name(), pairs, all_pairs_sampled_from_));
    }

    CsvTable table_;
    PairIdColumns pair_;
    std::size_t outcome_, stratum_, pairs_, sampled_, all_pairs_, verdict_;
    std::map<std::size_t, StratumRows> strata_;
    ReviewedSample sample_;
    std::uint64_t all_pairs_sampled_from_ = 0;
};

}  // namespace

std::vector<ReviewedStratum> ReviewedSample::found() const {
    std::vector<ReviewedStratum> found;
    for (const Stratum& stratum : strata) found.push_back(stratum.found);
    return found;
}

ReviewedSample read_reviewed_sample(const std::filesystem::path& file) {
    return SampleReader(file).read();
}

void require_drawn_from(const ReviewedSample& sample, const std::filesystem::path& file, Progress& progress) {
    ScoredPairs pairs(file, &progress);
    progress.begin("read " + pairs.table().name());
    std::vector<std::uint64_t> counts(stratum_count(), 0);
    std::map<std::string, ReviewedSample::Pair> missing = sample.pairs;
    while (pairs.next()) {
        ++counts[pairs.stratum()];
        const auto found = missing.find(pairs.ids());
        if (found != missing.end() && found->second.stratum == pairs.stratum()) missing.erase(found);
    }
    progress.end();
    pairs.table().require_rows();

    const auto refuse = [&](const std::string& why) {
        throw Error(ErrorKind::source,
                    fmt::format("{} was not drawn from {}: {}", sample.file, pairs.table().name(), why));
    };
    if (!missing.empty()) {
        const auto first = std::min_element(missing.begin(), missing.end(),
                                            [](const auto& a, const auto& b) { return a.second.line < b.second.line; });
        refuse(
            fmt::format("{} of its pairs are not there, or are in another stratum; the first stands in line {} "
                        "(spreadsheet programs drop leading zeros of ids)",
                        missing.size(), first->second.line));
    }
    for (const ReviewedSample::Stratum& stratum : sample.strata) {
        const std::uint64_t count = std::exchange(counts[stratum.number], 0);
        if (count != stratum.found.pairs)
            refuse(fmt::format("stratum {} has {} pairs there, and {} by the sample", stratum.name, count,
                               stratum.found.pairs));
    }
    const auto other = std::find_if(counts.begin(), counts.end(), [](std::uint64_t count) { return count > 0; });
    if (other != counts.end()) {
        refuse(fmt::format("stratum {} has {} pairs there, and none by the sample",
                           stratum_name(static_cast<std::size_t>(other - counts.begin())), *other));
    }
}

}  // namespace caseweave
