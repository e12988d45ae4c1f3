#pragma once

#include <optional>
#include <string>

#include "app/commands.hpp"
#include "link/training.hpp"
#include "pipeline/progress.hpp"

namespace caseweave {

/// Holds the model that a file's records are linked under, and how it came about.
struct FileModel {
    LinkageModel model;
    std::optional<TrainingReport> training;  ///< where it was trained on the records
    std::string words;                       ///< says so, for an operator: a sentence or two, lines ended
};

/// Chooses the model for a file's records: the one named, as it is; or the shipped one for people, trained on the
/// records where they are enough. `train` trains the named one too. @throws Error(interrupted), SettingsError.
FileModel choose_file_model(const LinkFilesOptions& options, const PersonStore& store, Progress& progress);

/// Gives the model file that choose_file_model starts from.
std::filesystem::path start_model(const FileOptions& options);

}  // namespace caseweave
