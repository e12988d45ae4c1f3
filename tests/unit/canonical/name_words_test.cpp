#include "canonical/name_words.hpp"

#include <gtest/gtest.h>

namespace caseweave {
namespace {

TEST(NameWords, AreThoseThatPeopleWrite) {
    EXPECT_EQ(name_in_words("birth_date"), "birth date");
    EXPECT_EQ(name_in_words("send"), "SEND");
    EXPECT_EQ(name_in_words("cla_review"), "CLA review");
    EXPECT_EQ(name_in_words("ehc_named_placement"), "EHC named placement");
    EXPECT_EQ(name_in_words("last_iro_contact_date"), "last IRO contact date");
    EXPECT_EQ(name_in_words("sender"), "sender") << "no abbreviation";
    EXPECT_EQ(name_in_words("section47_enquiry"), "section 47 enquiry");
    EXPECT_EQ(name_in_words(""), "");
}

}  // namespace
}  // namespace caseweave
