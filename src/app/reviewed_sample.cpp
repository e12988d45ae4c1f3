#include "app/reviewed_sample.hpp"

#include <fmt/format.h>

#include <charconv>
#include <map>

#include "app/review_columns.hpp"
#include "core/error.hpp"

namespace caseweave {

namespace {

/// Names the rows of a stratum and counts what was found in them.
class SampleReader {
  public:
    explicit SampleReader(const std::filesystem::path& file)
        : table_(file),
          outcome_(table_.column("outcome")),
          stratum_(table_.column("stratum")),
          pairs_(table_.column("stratum_pairs")),
          sampled_(table_.column("stratum_sampled")),
          verdict_(table_.column("verdict")) {}

    ReviewedSample read() {
        while (table_.next()) take_row();
        table_.require_rows();
        ReviewedSample sample;
        for (auto& [number, stratum] : strata_) {
            check_complete(stratum);
            sample.strata.push_back(std::move(stratum.stratum));
        }
        return sample;
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
        StratumRows& rows = strata_[stratum_in_row(outcome)];
        const std::uint64_t pairs = count_in(pairs_);
        const std::uint64_t sampled = count_in(sampled_);
        if (sampled > pairs) table_.fail("stratum_sampled is more than stratum_pairs");
        if (rows.rows == 0) {
            rows.stratum.name = table_.field(stratum_);
            rows.stratum.sampled = sampled;
            rows.stratum.found.outcome = outcome;
            rows.stratum.found.pairs = pairs;
        } else if (rows.stratum.found.pairs != pairs || rows.stratum.sampled != sampled) {
            table_.fail("stratum_pairs or stratum_sampled is another than in the stratum's rows above");
        }
        ++rows.rows;
        const auto verdict = optional_verdict(table_, verdict_);
        if (!verdict) return;
        ReviewedStratum& found = rows.stratum.found;
        ++(*verdict == Verdict::same ? found.same : *verdict == Verdict::different ? found.different : found.unsure);
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

    CsvTable table_;
    std::size_t outcome_, stratum_, pairs_, sampled_, verdict_;
    std::map<std::size_t, StratumRows> strata_;
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

}  // namespace caseweave
