#include "link/model_file.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace caseweave {

namespace {

// A column of many records in few values makes blocks that only other parts can tell apart.
constexpr std::uint32_t kExtraMaxBlock = 50;

/// Writes a basic TOML string.
std::string toml_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            (out += '\\') += c;
        else if (byte < 0x20 || byte == 0x7F)
            out += fmt::format("\\u{:04X}", byte);
        else
            out += c;
    }
    return out + '"';
}

/// Writes a number so that it reads back the same, and as a TOML float.
std::string number(double value) {
    std::string text = fmt::format("{}", value);
    if (text.find_first_of(".e") == text.npos) text += ".0";
    return text;
}

std::string key_list(const std::vector<KeyPart>& parts, std::span<const FurtherComparison> further) {
    std::string list;
    for (const KeyPart part : parts) list += (list.empty() ? "" : ", ") + toml_string(to_string(part, further));
    return '[' + list + ']';
}

void write_levels(std::string& out, const LinkageModel& model, const TrainingReport& report, std::size_t comparison,
                  std::string_view table) {
    for (std::size_t i = 0; i < model.levels(comparison).size(); ++i) {
        const LevelWeights& level = model.levels(comparison)[i];
        out += fmt::format("[[{}.level]]\nname = {}\nlabel = {}\nm = {}\n", table, toml_string(level.name),
                           toml_string(level.label), number(level.m));
        for (std::size_t a = 0; a < kAlternatives; ++a)
            out += fmt::format("{} = {}\n", to_string(static_cast<Alternative>(a)), number(level.u[a]));
        if (level.term_frequency) out += "term_frequency = true\n";
        if (comparison < report.evidence.size()) {
            out += fmt::format("m_pairs = {:.1f}\nu_pairs = {:.1f}\n", report.evidence[comparison][i].m_pairs,
                               report.evidence[comparison][i].u_pairs);
        }
    }
    out += '\n';
}

void write_training(std::string& out, const TrainingReport& report, const TrainingOrigin& origin) {
    out += fmt::format(
        "[training]\ndate = {}\nseed = {}\nstart_digest = {}\ndata_digest = {}\nrecords = {}\nrandom_pairs = {}\n"
        "converged = {}\nestimated_precision = {}\nestimated_recall = {}\n\n",
        toml_string(origin.date), origin.seed, toml_string(origin.start_digest), toml_string(origin.data_digest),
        report.records, report.random_pairs, report.converged(), number(report.precision), number(report.recall));
    for (const TrainingSession& session : report.sessions) {
        out += fmt::format(
            "[[training.session]]\nblocked_by = {}\npairs = {}\npatterns = {}\niterations = {}\nconverged = {}\n"
            "largest_change = {}\nlargest_change_at = {}\nmatches = {:.1f}\nused = {}\n\n",
            toml_string(session.blocked_by), session.pairs, session.patterns, session.iterations, session.converged,
            number(session.largest_change), toml_string(session.largest_change_at), session.matches, session.used);
    }
    for (const ThresholdPoint& point : report.thresholds) {
        out += fmt::format("[[training.threshold]]\nprobability = {}\nprecision = {}\nrecall = {}\n\n",
                           number(point.probability), number(point.precision), number(point.recall));
    }
}

}  // namespace

std::string write_model(const LinkageModel& model, const TrainingReport& report, const TrainingOrigin& origin) {
    std::string out =
        fmt::format("name = {}\nversion = {}\n\n", toml_string(model.name()), toml_string(model.version()));
    write_training(out, report, origin);
    out += fmt::format("[thresholds]\nmatch = {}\nreview = {}\n\n", number(model.match_probability()),
                       number(model.review_probability()));
    const LinkageModel::Prior& prior = model.prior();
    out += fmt::format("[prior]\npartners = {}\nrelatives = {}\ntwins = {}\npopulation_floor = {}\n\n",
                       number(prior.partners), number(prior.others[1]), number(prior.others[2]),
                       number(prior.population_floor));
    out += fmt::format("[address]\nseparate_parts = {}\n\n", model.separate_address_parts());
    out += fmt::format("[term_frequency]\nprior_people = {}\n\n", number(model.term_frequency().prior_people));
    const LinkageModel::Clustering& c = model.clustering();
    out += fmt::format(
        "[clustering]\ncoherence_floor_bits = {}\nweak_bridge_bits = {}\nambiguity_bits = {}\nseal_margin_bits = {}\n"
        "multiple_births = {}\nmultiple_births_from = {}\nbirth_dates_apart_days = {}\nnumbers_apart = {}\nmax_records "
        "= {}\n\n",
        number(c.coherence_floor_bits), number(c.weak_bridge_bits), number(c.ambiguity_bits),
        number(c.seal_margin_bits), c.multiple_births, number(c.multiple_births_from), c.birth_dates_apart_days,
        c.numbers_apart, c.max_records);
    for (std::size_t i = 0; i < kComparisons; ++i) {
        out += fmt::format("[[comparison]]\nname = {}\nlabel = {}\n", toml_string(model.comparison_name(i)),
                           toml_string(model.label(i)));
        write_levels(out, model, report, i, "comparison");
    }
    for (std::size_t i = 0; i < model.further().size(); ++i) {
        const FurtherComparison& further = model.further()[i];
        std::string thresholds;
        for (const double t : further.thresholds) thresholds += (thresholds.empty() ? "" : ", ") + number(t);
        out += fmt::format("[[further_comparison]]\ncolumn = {}\nkind = {}\nlabel = {}\nthresholds = [{}]\n",
                           toml_string(further.column), toml_string(to_string(further.kind)),
                           toml_string(model.label(kComparisons + i)), thresholds);
        write_levels(out, model, report, kComparisons + i, "further_comparison");
    }
    for (const BlockingRule& rule : model.blocking()) {
        out += fmt::format("[[blocking_rule]]\nname = {}\nkey = {}\nmax_block = {}\n", toml_string(rule.name),
                           key_list(rule.key, model.further()), rule.max_block);
        if (!rule.refine.empty()) out += "refine = " + key_list(rule.refine, model.further()) + '\n';
        out += '\n';
    }
    return out;
}

LinkageModel model_for_file(const LinkageModel& model, const PersonStore& store) {
    // A trained model has learnt what it says; the one that ships speaks of systems.
    LinkageModel fitted = model.trained() ? model : model.without(Comparison::source);
    for (const ExtraColumn& column : store.extra_columns()) {
        const auto known = fitted.further();
        if (std::ranges::find(known, column.name, &FurtherComparison::column) != known.end()) continue;
        static constexpr FurtherKind kKinds[] = {FurtherKind::exact, FurtherKind::jaro_winkler, FurtherKind::date,
                                                 FurtherKind::number};
        fitted = fitted.with_further(column.name, kKinds[static_cast<std::size_t>(column.kind)]);
        BlockingRule rule;
        rule.name = column.name;
        rule.key = {further_part(fitted.further().size() - 1)};
        rule.max_block = kExtraMaxBlock;
        rule.refine = {KeyPart::family_sound, KeyPart::given_sound, KeyPart::birth_year, KeyPart::postcode};
        std::vector<BlockingRule> rules = fitted.blocking();
        rules.push_back(std::move(rule));
        fitted = fitted.with_blocking(std::move(rules));
    }
    return fitted;
}

}  // namespace caseweave
