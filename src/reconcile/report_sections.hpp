#pragma once

#include <string>
#include <string_view>

#include "reconcile/published_balance.hpp"
#include "reconcile/run_report.hpp"

namespace caseweave {

// What report.html shares with other pages: self-contained, no script, counts suppressed.

/// Gives the style sheet of the pages.
std::string_view report_style();

/// Writes a name of the program ("cin_plan") in words ("CIN plan").
std::string heading_words(std::string_view name);

/// Writes one large figure with its label.
std::string tile(std::string_view figure, std::string_view label);

/// Writes the balance by system, and by entity with the digests of the report.
std::string balance_section(const RunReport& report, const PublishedBalance& balance);

/// Writes who is known where, and of how many records persons are made; "" where no person is known.
std::string overlap_section(const RunReport& report);

/// Writes how full and how valid each field of the person record is, by system.
std::string quality_section(const RunReport& report);

}  // namespace caseweave
