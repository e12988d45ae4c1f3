#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reconcile/published_count.hpp"
#include "reconcile/quality_check.hpp"

namespace caseweave {

/// Holds what may be published of one rule in one system, and of the teams in it.
struct PublishedQualityLine {
    std::string system, team;
    PublishedCount failed, checked;
};

/// Says what of a rule's counts may leave: from 1 to 4 not at all, and no other count from which one could be computed.
/// @return a line a system and team, in the result's order.
std::vector<PublishedQualityLine> publish_teams(const QualityResult& result);
/// Likewise a line a system.
std::vector<PublishedQualityLine> publish_systems(const QualityResult& result);

/// Writes a rule's limit: "0", "2.00 %", "10 or 2.00 %", "" for a rule that only counts.
std::string limit_text(const QualityResult& result);
/// Writes the share of the rows checked that fail: "1.25 %"; "" where nothing was checked.
std::string share_text(const QualityResult& result);

/// Writes the report's section on quality rules; "" when none were run.
std::string render_quality_section(const std::vector<QualityResult>& results);
/// Writes the member `quality` of summary.json: null when none were run; suppressed counts are texts.
std::string render_quality_json(const std::vector<QualityResult>& results);

}  // namespace caseweave
