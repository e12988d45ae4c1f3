#include "core/fault_point.hpp"

#ifdef CASEWEAVE_FAULTS
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <string>

#include "core/error.hpp"

namespace caseweave {

namespace {
struct ArmedFault {
    std::string name, action;
    long passage = 0;
    ArmedFault() {
        const char* setting = std::getenv("CASEWEAVE_FAULT");
        if (setting == nullptr) return;
        const std::string_view text = setting;
        const auto first = text.find(':'), second = text.find(':', first + 1);
        if (first == text.npos || second == text.npos) return;
        name = text.substr(0, first);
        passage = 1;
        std::from_chars(text.data() + first + 1, text.data() + second, passage);
        action = text.substr(second + 1);
    }
};

/// Counts how often each point was passed, by all threads.
class Passages {
  public:
    Passages() {
        if (const char* file = std::getenv("CASEWEAVE_FAULT_PASSAGES")) file_ = file;
    }
    ~Passages() {
        if (file_.empty()) return;
        std::ofstream out(file_);
        for (const auto& [name, count] : counts_) out << name << ' ' << count << '\n';
    }
    Passages(const Passages&) = delete;
    Passages& operator=(const Passages&) = delete;

    long count(std::string_view name) {
        const std::lock_guard lock(mutex_);
        auto found = counts_.find(name);
        if (found == counts_.end()) found = counts_.emplace(name, 0).first;
        return ++found->second;
    }

  private:
    std::string file_;
    std::mutex mutex_;
    std::map<std::string, long, std::less<>> counts_;
};
}  // namespace

bool fault_point(std::string_view name) {
    static const ArmedFault armed;
    static Passages passages;
    if (passages.count(name) != armed.passage || armed.name != name) return false;
    if (armed.action == "kill") (void)std::raise(SIGKILL);
    if (armed.action == "stop") (void)std::raise(SIGSTOP);
    if (armed.action == "throw") throw Error(ErrorKind::target, "fault point " + armed.name + " was armed by a test");
    return armed.action == "plant";
}

}  // namespace caseweave
#endif
