#include "core/reject.hpp"

namespace caseweave {

std::string_view to_string(RejectReason reason) noexcept {
    switch (reason) {
        case RejectReason::no_key:
            return "no_key";
        case RejectReason::wrong_width:
            return "wrong_width";
        case RejectReason::undecodable:
            return "undecodable";
        case RejectReason::malformed:
            return "malformed";
        case RejectReason::unknown_type:
            return "unknown_type";
        case RejectReason::orphan_person:
            return "orphan_person";
        case RejectReason::orphan_parent:
            return "orphan_parent";
        case RejectReason::key_conflict:
            return "key_conflict";
        case RejectReason::too_large:
            return "too_large";
        case RejectReason::shielded:
            return "shielded";
    }
    return "unknown";
}

std::string_view advice(RejectReason reason) noexcept {
    switch (reason) {
        case RejectReason::no_key:
            return "Give the row its key in the source system, or delete it there if it is empty.";
        case RejectReason::wrong_width:
            return "Compare the line with its neighbours: a separator or quote is missing or extra; have the supplier "
                   "export it again.";
        case RejectReason::undecodable:
            return "Re-type the damaged text in the source system, or have the file exported in the declared encoding.";
        case RejectReason::malformed:
            return "The record is cut off or broken; have the supplier export it again.";
        case RejectReason::unknown_type:
            return "The line bears a record type that the connector's definition does not know: ask the supplier what "
                   "it "
                   "is, then give it an entity in connector.toml, or have it left out of the export.";
        case RejectReason::orphan_person:
            return "Find the person this row speaks of in the source system: the person was deleted, or the reference "
                   "is mistyped.";
        case RejectReason::orphan_parent:
            return "Find the case record this row belongs to in the source system and correct the reference.";
        case RejectReason::key_conflict:
            return "Two rows share one key and differ; decide in the source system which is right and give the other "
                   "its own key.";
        case RejectReason::too_large:
            return "The record is larger than any real one; check it for a missing end of line or quote.";
        case RejectReason::shielded:
            return "For the safeguarding owner only: decide whether this row belongs to the shielded record.";
    }
    return "";
}

}  // namespace caseweave
