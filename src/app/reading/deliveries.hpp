#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "app/job/job_sources.hpp"
#include "canonical/schema.hpp"
#include "core/date.hpp"
#include "core/ids.hpp"
#include "postgres/target_connection.hpp"
#include "settings/job.hpp"

namespace caseweave {

/// Names what systems have delivered: a digest by system.
using Deliveries = std::map<std::string, std::string>;

/// Digests what a system has delivered together with all else that decides what becomes of it: connector, settings,
/// canonical schema, program. @return nullopt for a system that cannot be known without reading its rows.
std::optional<std::string> digest_delivery(JobSystem& system, const Job& job);

/// Tells whether a value that was no sound date on `then` may be one by `now`: a day that has come meanwhile. Digits
/// are taken for a day in every order sources write; what names no day to the full may have come with its year.
bool may_have_come(std::string_view value, Date then, Date now);

/// Reads what the target took last, without those systems of which a row was set aside that may be sound by `today`: a
/// birth that was yet to come.
Deliveries read_deliveries(TargetConnection& loader, Date today);

/// Writes down what the target has taken; joins the open transaction where there is one.
void write_deliveries(TargetConnection& loader, RunId run, const Deliveries& taken);

/// Digests what all systems of the job have delivered.
Deliveries digest_deliveries(JobSources& sources, const Job& job);

}  // namespace caseweave
