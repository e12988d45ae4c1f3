#pragma once

#include <cstdint>
#include <string>

#include "link/training.hpp"

namespace caseweave {

/// Says how a trained model came about; written beside its parameters.
struct TrainingOrigin {
    std::string date;          ///< yyyy-mm-dd
    std::string start_digest;  ///< of the model file training began with, hexadecimal
    std::string data_digest;   ///< of the records' features, hexadecimal: two trainings on one file have one
    std::uint64_t seed = 0;
};

/// Writes a whole model as a model file that LinkageModel::load reads, with what its parameters rest on: [training]
/// holds seed, date, digests, sessions with their iterations and convergence, and the thresholds' curve; each level the
/// pairs it was seen in. A level that was never seen says so (m_pairs = 0) and keeps the start's value.
std::string write_model(const LinkageModel& model, const TrainingReport& report, const TrainingOrigin& origin);

/// Fits a model to what a file of people has: a comparison and a blocking rule for each extra column of the store; and,
/// unless it was trained, no weight for which system a record comes from: a file is no system.
LinkageModel model_for_file(const LinkageModel& model, const PersonStore& store);

}  // namespace caseweave
