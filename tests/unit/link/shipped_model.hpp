#pragma once

#include "link/linkage_model.hpp"

namespace caseweave::test {

/// Gives the model that ships, read once.
inline const LinkageModel& shipped_model() {
    static const LinkageModel model = LinkageModel::load(CASEWEAVE_SOURCE_DIR "/config/linkage/default.toml");
    return model;
}

}  // namespace caseweave::test
