#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "app/job/job_options.hpp"
#include "app/people_files/people_columns.hpp"

namespace caseweave {

/// Options of the commands that work on files alone.
struct FileOptions : TalkOptions {
    ColumnArguments columns;
    std::string separator = ",";
    std::string encoding = "utf-8";
    std::filesystem::path model;  ///< empty: the one that ships
    std::filesystem::path output = "-";
    unsigned threads = 0;  ///< 0: as many as the machine has
};

struct ScoreOptions : FileOptions {
    std::filesystem::path pairs;
    double prior = 0;  ///< 0: the model's own
};

/// Options of the commands that compare the records of files.
struct PeopleFilesOptions : FileOptions {
    std::vector<std::filesystem::path> files;
    std::string mode;  ///< "dedupe", "link", "both"; "": by the number of files
};

struct LinkFilesOptions : PeopleFilesOptions {
    std::filesystem::path pairs_output;  ///< empty: none
    bool train = false;
    std::uint64_t seed = 1;  ///< of the random pairs that training takes
};

struct BlockingOptions : PeopleFilesOptions {
    std::filesystem::path truth;  ///< empty: recall is estimated from the model
    std::string format = "text";  ///< or "json"
};

struct EvaluateOptions : TalkOptions {
    std::filesystem::path clusters, truth;
    std::vector<std::string> by;   ///< columns of the groups file or the truth
    std::filesystem::path groups;  ///< empty: none
    bool across_sources = false;
    std::filesystem::path json;  ///< empty: none
};

struct SampleOptions : TalkOptions {
    std::filesystem::path pairs;
    std::uint64_t size = 0;
    std::uint64_t seed = 1;
    std::filesystem::path output = "-";
};

struct EstimateOptions : TalkOptions {
    std::filesystem::path sample;
    std::filesystem::path pairs;  ///< empty: the sample is taken for what it says it is
    std::filesystem::path json;   ///< empty: none
};

}  // namespace caseweave
