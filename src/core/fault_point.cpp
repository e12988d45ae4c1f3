#include "core/fault_point.hpp"

#ifdef CASEWEAVE_FAULTS
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <string>

#include "core/error.hpp"

namespace caseweave {

namespace {
struct ArmedFault {
    std::string name, action;
    std::atomic<long> passages_left{0};
    ArmedFault() {
        const char* setting = std::getenv("CASEWEAVE_FAULT");
        if (setting == nullptr) return;
        const std::string_view text = setting;
        const auto first = text.find(':'), second = text.find(':', first + 1);
        if (first == text.npos || second == text.npos) return;
        name = text.substr(0, first);
        long count = 1;
        std::from_chars(text.data() + first + 1, text.data() + second, count);
        passages_left = count;
        action = text.substr(second + 1);
    }
};
}  // namespace

bool fault_point(std::string_view name) {
    static ArmedFault armed;
    if (armed.name != name || --armed.passages_left != 0) return false;
    if (armed.action == "kill") (void)std::raise(SIGKILL);
    if (armed.action == "throw") throw Error(ErrorKind::target, "fault point " + armed.name + " was armed by a test");
    return armed.action == "plant";
}

}  // namespace caseweave
#endif
