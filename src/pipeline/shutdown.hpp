#pragma once

namespace caseweave {

/// Turns SIGINT and SIGTERM into a flag; a second signal ends the process at once. Call once, from main.
void watch_for_shutdown();

/// Tells whether the operator asked to stop. Stages ask between batches, finish what is open and return.
bool shutdown_requested() noexcept;

/// Throws Error(interrupted) when the operator asked to stop.
void throw_if_shutdown_requested();

}  // namespace caseweave
