#pragma once

#include <cstddef>

namespace simulate::rates {

// The rates of the hazards, of the county's children unless said otherwise; stated_hazards.hpp says what a reader meets
// of each. Rates of rare things lie above life's, so that a county of 5,000 shows every hazard twice at least;
// README.md says which a county of 300 may lack.

// Drawn when people are made.
inline constexpr double kTwinBirth = 0.015;       ///< a twin is added (England: 1.5 % of maternities)
inline constexpr double kTripletBirth = 0.0004;   ///< two are added
inline constexpr double kSameNameCousin = 0.004;  ///< a cousin of the same forename and surname is added
inline constexpr double kUnborn = 0.003;
inline constexpr double kUnaccompanied = 0.006;
inline constexpr double kDisputedOfUnaccompanied = 0.35;  ///< of unaccompanied children
inline constexpr double kEstimatedOfUnaccompanied = 0.6;  ///< of unaccompanied children
inline constexpr double kEstimatedBirth = 0.003;          ///< besides those
inline constexpr double kSurnameChange = 0.03;
inline constexpr double kHasAlias = 0.03;        ///< has one; which records show it: kAlias
inline constexpr double kLongSurname = 0.002;    ///< surname of more than 35 characters
inline constexpr double kApostrophe = 0.001;     ///< besides those of the communities
inline constexpr double kNumberReissued = 0.03;  ///< has an older NHS number; which records show it: kSupersededNhs
inline constexpr double kDeceased = 0.002;
inline constexpr double kAdoption = 1.0 / 120.0;
inline constexpr double kGenderRecognition = 0.0007;
inline constexpr double kGenderDiffers = 0.004;    ///< from sex; which records conflate the two: kGenderAsSex
inline constexpr double kBornAfterUnborn = 0.004;  ///< social care knew the child before birth
inline constexpr double kRestrictedRecord = 0.005;
inline constexpr double kRestrictedAddress = 0.012;
inline constexpr double kRefuge = 0.006;  ///< live in one, moved with their brothers and sisters
inline constexpr double kHostel = 0.004;  ///< likewise; besides those in supported accommodation
inline constexpr double kOtherCouncil = 0.006;
inline constexpr double kHadTemporaryUpn = 0.06;               ///< of pupils; which records show it: kTemporaryUpn
inline constexpr double kHadOtherUpn = 0.05;                   ///< of pupils; which records show it: kFormerUpn
inline constexpr std::size_t kPremisesToAConfidentialOne = 4;  ///< where children are placed; secure units besides

// Drawn when a system writes a record; of the children's records named by in_base (view_hazards.hpp).
inline constexpr double kNameOrder = 0.004;
inline constexpr double kAlias = 0.003;
inline constexpr double kTransliterated = 0.002;
inline constexpr double kGenderAsSex = 0.5;             ///< of records of such a child, where one column serves both
inline constexpr double kTypographicApostrophe = 0.15;  ///< of names with an apostrophe where marks are kept
inline constexpr double kTemporaryUpn = 0.015;          ///< of records with a UPN
inline constexpr double kFormerUpn = 0.012;             ///< of records with a UPN
inline constexpr double kSharedNhs = 0.002;             ///< of records with an NHS number
inline constexpr double kSiblingsNhs = 0.0015;          ///< of records with an NHS number
inline constexpr double kSupersededNhs = 0.006;         ///< of records with an NHS number
inline constexpr double kUlnAsNhs = 0.004;            ///< of records of a child with a ULN, where NHS numbers are kept
inline constexpr double kDummyNhs = 0.004;            ///< of records without a number, where NHS numbers are kept
inline constexpr double kBadCheckDigit = 0.003;       ///< of records with the number: NHS number, UPN and ULN each
inline constexpr double kBadPostcode = 0.004;         ///< of records with a postcode
inline constexpr double kBabyName = 0.05;             ///< of records begun in the first half year of life
inline constexpr double kDuplicateNameMarker = 0.15;  ///< of duplicate records inside a system
inline constexpr double kMinusOneId = 0.004;          ///< of records with family or relation keys
inline constexpr double kDate1900 = 0.0015;
inline constexpr double kBirthMonthOnly = 0.004;      ///< of birth dates, in systems that keep partial ones
inline constexpr double kBirthYearOnly = 0.002;       ///< likewise
inline constexpr double kImpossibleBirth = 0.001;     ///< likewise
inline constexpr double kBirthRange = 0.5;            ///< of social care's records of children whose age is disputed
inline constexpr double kBirthRangeOnly = 0.4;        ///< of records with such a range
inline constexpr double kAddressPlaceholder = 0.006;  ///< of records with an address
inline constexpr double kUnflaggedCopies = 1.5;       ///< mean number of unflagged birth copies per adoption, 1 or 2
inline constexpr double kSimilarTwinNames = 0.25;     ///< scale twins: pairs whose forenames resemble each other

}  // namespace simulate::rates
