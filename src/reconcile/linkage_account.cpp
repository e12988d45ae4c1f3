#include "reconcile/linkage_account.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "reconcile/published_count.hpp"
#include "reconcile/report_charts.hpp"

namespace caseweave {

namespace {

using Group = LinkageAccount::Group;

/// Groups smaller than this say more of their people than of linkage.
constexpr std::uint64_t kLeastGroup = 10;

void add(Group& sum, const Group& group) {
    sum.records += group.records;
    sum.linked += group.linked;
    sum.in_review += group.in_review;
    sum.partners += group.partners;
    sum.missed += group.missed;
}

std::string shown(std::uint64_t count) {
    return html(PublishedCount(count).text());
}

/// Writes a share as a whole percentage, or with a decimal where even that covers ten.
std::string share(std::uint64_t part, std::uint64_t whole) {
    constexpr std::uint64_t kDecimalFrom = 10'000;
    if (whole == 0) return "&middot;";
    if (part > 0 && 200 * part < whole && whole < kDecimalFrom) return "under 1 %";
    return fmt::format("{:.{}f} %", 100 * static_cast<double>(part) / static_cast<double>(whole),
                       whole >= kDecimalFrom ? 1 : 0);
}

/// Writes a probability without an exponent.
std::string probability(double p) {
    std::string text = fmt::format("{:.6f}", p);
    text.erase(std::max(text.find_last_not_of('0') + 1, text.find('.') + 2));
    return text;
}

/// Scored pairs by weight on a logarithmic scale; thresholds stand as lines.
std::string draw_weights(const LinkageAccount& account) {
    constexpr double kLeft = 70;
    constexpr double kWidth = 800;
    constexpr double kHeight = 220;
    std::size_t first = 0;
    std::size_t last = account.weights.size();
    while (first < last && account.weights[first] == 0) ++first;
    while (last > first && account.weights[last - 1] == 0) --last;
    if (first == last) return "<p class=\"none\">No pairs were scored.</p>";
    const std::vector<PublishedCount> published = publish_line(account.weights);
    std::uint64_t most = 10;
    for (const std::uint64_t pairs : account.weights) most = std::max(most, pairs);
    const double decades = std::ceil(std::log10(static_cast<double>(most)));
    const double bar = kWidth / static_cast<double>(last - first);
    const double low = account.least_bits + static_cast<double>(first) * account.bin_bits;
    const auto x_of = [&](double bits) { return kLeft + (bits - low) / account.bin_bits * bar; };
    const auto y_of = [&](double pairs) { return 20 + kHeight * (1 - std::log10(pairs) / decades); };
    std::string body;
    for (int decade = 0; decade <= static_cast<int>(decades); ++decade) {
        const double y = y_of(std::pow(10.0, decade));
        body += fmt::format(
            "<line x1=\"{0:.0f}\" x2=\"{1:.0f}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\" stroke=\"#d9dee5\"/><text x=\"{3:.0f}\" "
            "y=\"{2:.1f}\" text-anchor=\"end\" dominant-baseline=\"middle\" class=\"n\">{4}</text>",
            kLeft, kLeft + kWidth, y, kLeft - 8,
            html(with_commas(static_cast<std::uint64_t>(std::llround(std::pow(10.0, decade))))));
    }
    for (std::size_t i = first; i < last; ++i) {
        if (account.weights[i] == 0) continue;
        const double from = account.least_bits + static_cast<double>(i) * account.bin_bits;
        // A suppressed count stands as high as five.
        const double top = y_of(static_cast<double>(std::max<std::uint64_t>(published[i].floor(), 5)));
        const std::string_view colour = from >= account.match_bits                      ? "#0b6e4f"
                                        : from + account.bin_bits > account.review_bits ? "#b8860b"
                                                                                        : "#6b7280";
        body += fmt::format(
            "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\"><title>{:.0f} to {:.0f} "
            "bits: {} pairs</title></rect>",
            x_of(from) + 1, top, std::max(1.0, bar - 2), 20 + kHeight - top, colour, from, from + account.bin_bits,
            html(published[i].text()));
    }
    for (std::size_t i = first; i <= last; i += 4) {
        const double bits = account.least_bits + static_cast<double>(i) * account.bin_bits;
        body += fmt::format("<text x=\"{:.1f}\" y=\"{:.0f}\" text-anchor=\"middle\" class=\"n\">{:.0f}</text>",
                            x_of(bits), kHeight + 38, bits);
    }
    body += fmt::format(
        "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"14\" y2=\"{1:.0f}\" stroke=\"#17202e\" stroke-dasharray=\"4 "
        "3\"/><text x=\"{2:.1f}\" y=\"12\">match from {3:.1f} bits</text>",
        x_of(account.match_bits), kHeight + 20, x_of(account.match_bits) + 4, account.match_bits);
    body += fmt::format("<text x=\"{:.0f}\" y=\"{:.0f}\" text-anchor=\"middle\">match weight in bits</text>",
                        kLeft + kWidth / 2, kHeight + 58);
    return fmt::format(
        "<svg viewBox=\"0 0 900 {:.0f}\" role=\"img\" aria-label=\"Scored pairs by match weight\">{}</svg>",
        kHeight + 66, body);
}

/// Lists m, u and bits of every level, bits as a bar to the left (against) or to the right (for one person).
std::string levels_table(const LinkageAccount& account) {
    constexpr double kMostBits = 25;  // what is stronger fills the bar
    constexpr double kHalf = 110;
    std::string out =
        "<details><summary>What each agreement weighs (m and u of the model)</summary><table><thead><tr><th "
        "class=\"t\" scope=\"col\">Comparison</th><th class=\"t\" scope=\"col\">Level</th><th scope=\"col\">m: of one "
        "person</th><th scope=\"col\">u: of unrelated people</th><th scope=\"col\">Bits</th><th class=\"t\" "
        "scope=\"col\">Against or for one person</th></tr></thead><tbody>";
    std::string_view last;
    for (const LinkageAccount::Level& level : account.levels) {
        const double length = kHalf * std::min(1.0, std::abs(level.bits) / kMostBits);
        out += fmt::format(
            "<tr><td class=\"t\">{}</td><td class=\"t\">{}</td><td>{}</td><td>{}</td><td>{:+.1f}</td><td "
            "class=\"t\"><svg viewBox=\"0 0 220 14\" width=\"220\" height=\"14\" aria-hidden=\"true\"><rect "
            "x=\"{:.1f}\" "
            "y=\"1\" width=\"{:.1f}\" height=\"12\" fill=\"{}\"/><line x1=\"110\" x2=\"110\" y1=\"0\" y2=\"14\" "
            "stroke=\"#17202e\"/></svg></td></tr>",
            level.comparison == last ? std::string() : html(level.comparison), html(level.level), probability(level.m),
            probability(level.u), level.bits, level.bits < 0 ? kHalf - length : kHalf, length,
            level.bits < 0 ? "#b3261e" : "#0b6e4f");
        last = level.comparison;
    }
    return out + "</tbody></table></details>";
}

std::string weights_section(const LinkageAccount& account) {
    return "<section><h2>How pairs weigh</h2><p class=\"lead\">All pairs of records that were compared, by match "
           "weight: "
           "one bit more doubles the odds that both are one person. Each line up is ten times as many pairs. In green: "
           "above the match threshold. In brown: at or between the thresholds, where a person decides unless other "
           "links "
           "or a bar already have. Grey: below. Few pairs between the two hills is what a sound linkage looks "
           "like.</p>" +
           draw_weights(account) + levels_table(account) + "</section>";
}

std::string blocking_section(const LinkageAccount& account) {
    std::string out =
        "<section><h2>Which pairs were compared</h2><p class=\"lead\">Every record is compared with those that agree "
        "with it on some key. Each pair counts for the first rule that made it; a block too large to compare is left "
        "to "
        "the other rules.</p><div class=\"scroll\"><table><thead><tr><th class=\"t\" scope=\"col\">Rule</th><th "
        "scope=\"col\">Pairs</th><th scope=\"col\">Of them links</th><th scope=\"col\">Blocks too large</th><th "
        "scope=\"col\">Records in the largest</th></tr></thead><tbody>";
    std::vector<std::uint64_t> pairs;
    std::vector<std::uint64_t> links;
    for (const LinkageAccount::Rule& rule : account.rules) {
        pairs.push_back(rule.pairs);
        links.push_back(rule.links);
    }
    const std::vector<PublishedCount> published_pairs = publish_line(pairs);
    const std::vector<PublishedCount> published_links = publish_line(links);
    for (std::size_t i = 0; i < account.rules.size(); ++i) {
        const LinkageAccount::Rule& rule = account.rules[i];
        out += fmt::format("<tr><th scope=\"row\" class=\"t\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                           html(rule.name), html(published_pairs[i].text()), html(published_links[i].text()),
                           with_commas(rule.capped_blocks),
                           rule.largest_block == 0 ? "&middot;" : shown(rule.largest_block));
    }
    out += "</tbody></table></div>";
    if (!account.weakest.empty()) {
        out +=
            "<details><summary>The weakest links that hold a person together</summary><table><thead><tr><th "
            "class=\"t\" "
            "scope=\"col\">Found by</th><th scope=\"col\">Bits</th><th scope=\"col\">Above the "
            "threshold</th></tr></thead><tbody>";
        for (const LinkageAccount::WeakLink& link : account.weakest)
            out += fmt::format("<tr><td class=\"t\">{}</td><td>{:.1f}</td><td>{:.1f}</td></tr>", html(link.rule),
                               link.bits, link.bits - account.match_bits);
        out += "</tbody></table></details>";
    }
    return out + "</section>";
}

std::string spreads_section(const LinkageAccount& account) {
    std::string out =
        "<section><h2>Where agreement says little</h2><p class=\"lead\">Fields of which a few values are very common: "
        "two records that agree on such a value are weak evidence, and weigh less. Counts only, no values.</p><div "
        "class=\"scroll\"><table><thead><tr><th class=\"t\" scope=\"col\">Field</th><th scope=\"col\">Records with "
        "it</th><th scope=\"col\">Different values</th><th scope=\"col\">Commonest value</th><th scope=\"col\">Ten "
        "commonest</th></tr></thead><tbody>";
    for (const LinkageAccount::Spread& spread : account.spreads) {
        const auto part = [&](std::uint64_t count) {
            return is_small(count)
                       ? shown(count)
                       : fmt::format("{} ({:.1f} %)", with_commas(count),
                                     100 * static_cast<double>(count) / static_cast<double>(spread.records));
        };
        out += fmt::format("<tr><th scope=\"row\" class=\"t\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                           html(spread.field), shown(spread.records), shown(spread.distinct), part(spread.commonest),
                           part(spread.ten_commonest));
    }
    return out + "</tbody></table></div></section>";
}

/// Writes one share: a part or a complement from 1 to 4 only as a bound.
std::string publish_bounded_share(std::uint64_t part, std::uint64_t whole) {
    constexpr std::uint64_t kSmall = 5;
    if (is_small(part)) return shown(part);
    if (is_small(whole - part)) return whole < kSmall ? "c" : fmt::format("over {} %", 100 * (whole - kSmall) / whole);
    return share(part, whole);
}

/// Gives the share of each group of one attribute. Percentages of many records are too coarse to add up to a count; of
/// few, what the others would give away is withheld.
std::vector<std::string> publish_shares(const std::vector<std::uint64_t>& parts,
                                        const std::vector<std::uint64_t>& wholes) {
    constexpr std::uint64_t kMany = 1'000;  // a whole percent hides ten
    std::uint64_t all = 0;
    std::vector<std::uint64_t> rest;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        all += wholes[i];
        rest.push_back(wholes[i] - parts[i]);
    }
    const std::vector<PublishedCount> of_parts = publish_line(parts);
    const std::vector<PublishedCount> of_rest = publish_line(rest);
    std::vector<std::string> shares;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const bool withheld = all < kMany && (of_parts[i].is_withheld() || of_rest[i].is_withheld());
        shares.push_back(withheld ? "c" : publish_bounded_share(parts[i], wholes[i]));
    }
    return shares;
}

std::string groups_section(const LinkageAccount& account) {
    std::string out =
        "<section><h2>Whom linkage serves</h2><p class=\"lead\">Missed links fall more on some groups of children than "
        "on "
        "others. For each group: its records, how many of them were linked with another record, how many wait in a "
        "pair "
        "for review";
    out += account.has_truth ? ", and which share of the true links was missed." : ".";
    out +=
        " Records under a restriction or a seal are left out; groups under ten records are counted together.</p><div "
        "class=\"scroll\"><table><thead><tr><th class=\"t\" scope=\"col\">Group</th><th scope=\"col\">Records</th><th "
        "scope=\"col\">Linked</th><th scope=\"col\">In a pair for review</th>";
    if (account.has_truth) out += "<th scope=\"col\">True links missed</th>";
    out += "</tr></thead><tbody>";
    const std::vector<Group> groups = join_small_groups(account.groups);
    for (auto begin = groups.begin(); begin != groups.end();) {
        const auto end =
            std::find_if(begin, groups.end(), [&](const Group& group) { return group.attribute != begin->attribute; });
        out +=
            fmt::format("<tr><th class=\"t\" colspan=\"{}\" scope=\"colgroup\" style=\"padding-top:14px\">{}</th></tr>",
                        account.has_truth ? 5 : 4, html(begin->attribute));
        std::vector<std::uint64_t> records;
        std::vector<std::uint64_t> linked;
        std::vector<std::uint64_t> in_review;
        std::vector<std::uint64_t> partners;
        std::vector<std::uint64_t> missed;
        for (auto group = begin; group != end; ++group) {
            records.push_back(group->records);
            linked.push_back(group->linked);
            in_review.push_back(group->in_review);
            partners.push_back(group->partners);
            missed.push_back(group->missed);
        }
        const auto linked_shares = publish_shares(linked, records);
        const auto review_shares = publish_shares(in_review, records);
        const auto missed_shares = publish_shares(missed, partners);
        const std::vector<PublishedCount> sizes = publish_line(records);
        for (std::size_t i = 0; i < records.size(); ++i) {
            out += fmt::format("<tr><td class=\"t\">{}</td><td>{}</td><td>{}</td><td>{}</td>",
                               html(begin[static_cast<std::ptrdiff_t>(i)].name), html(sizes[i].text()),
                               linked_shares[i], review_shares[i]);
            if (account.has_truth) out += fmt::format("<td>{}</td>", missed_shares[i]);
            out += "</tr>";
        }
        begin = end;
    }
    return out + "</tbody></table></div></section>";
}

}  // namespace

std::vector<Group> join_small_groups(const std::vector<Group>& groups) {
    std::vector<Group> joined;
    for (auto begin = groups.begin(); begin != groups.end();) {
        const auto end =
            std::find_if(begin, groups.end(), [&](const Group& group) { return group.attribute != begin->attribute; });
        std::vector<Group> sorted(begin, end);
        std::ranges::stable_sort(sorted, std::ranges::greater(), &Group::records);
        Group other{begin->attribute, "Other and small groups"};
        while (!sorted.empty() &&
               (sorted.back().records < kLeastGroup || (other.records > 0 && other.records < kLeastGroup))) {
            add(other, sorted.back());
            sorted.pop_back();
        }
        joined.insert(joined.end(), sorted.begin(), sorted.end());
        if (other.records > 0) joined.push_back(other);
        begin = end;
    }
    return joined;
}

std::string render_linkage_account(const LinkageAccount& account) {
    return weights_section(account) + blocking_section(account) + spreads_section(account) + groups_section(account);
}

}  // namespace caseweave
