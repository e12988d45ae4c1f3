#pragma once

#include <optional>
#include <string>

#include "app/people_files/file_options.hpp"
#include "link/prepared_people.hpp"
#include "link/training.hpp"
#include "pipeline/progress.hpp"

namespace caseweave {

/// Holds the model that a file's records are linked under, and how it came about.
struct FileModel {
    LinkageModel model;
    std::optional<TrainingReport> training;  ///< where it was trained on the records
    std::string words;                       ///< says so, for an operator: a sentence or two, lines ended
};

/// Loads the model that linking a file of people begins with, the one named or the shipped one, with the file's further
/// columns. @throws SettingsError.
LinkageModel load_start_model(const FileOptions& options, const PersonStore& store);

/// Reads what training and linking need of the records. @throws Error(interrupted).
PreparedPeople prepare_people(const FileOptions& options, const PersonStore& store, const LinkageModel& start,
                              Progress& progress);

/// Chooses the model for a file's records: the one named, as it is; or the shipped one for people, trained on the
/// records where they are enough. `train` trains the named one too. @throws Error(interrupted).
FileModel choose_file_model(const LinkFilesOptions& options, const LinkageModel& start, PreparedPeople& people,
                            Progress& progress);

/// Shows the steps of linking as progress.
LinkProgress show_steps(Progress& progress);

/// Gives the model file that load_start_model loads.
std::filesystem::path start_model(const FileOptions& options);

}  // namespace caseweave
