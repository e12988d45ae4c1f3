// One forbidden line a macro; CMakeLists.txt compiles each and expects the compiler's refusal.
#include <iostream>

#include "core/field_view.hpp"
#include "core/ids.hpp"
#include "core/log.hpp"
#include "core/reject.hpp"
#include "core/source_ref.hpp"

namespace caseweave {

inline PersonRow row_of(PersonRow row) {
    return row;
}

inline void allowed(const FieldView& value, const SourceRef& reference, const Reject& reject) {
    log::info("{} rows, {}", 3, to_string(value.missing()));
    std::cout << to_string(reject.reason) << reference.system << row_of(PersonRow{1}).value;
#ifdef LOG_A_VALUE
    log::info("{}", value);
#endif
#ifdef LOG_A_KEY
    log::warning("{}", reference);
#endif
#ifdef LOG_A_REJECT
    log::error("{}", reject);
#endif
#ifdef STREAM_A_VALUE
    std::cout << value;
#endif
#ifdef STREAM_A_KEY
    std::cout << reference;
#endif
#ifdef MIX_IDS
    row_of(PersonId{1});
#endif
}

}  // namespace caseweave
