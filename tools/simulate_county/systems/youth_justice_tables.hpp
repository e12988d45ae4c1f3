#pragma once

#include <string>
#include <utility>
#include <vector>

#include "simulate_county/table.hpp"

namespace simulate {

/// Makes a table whose rows are written under their young person.
inline Table under_young_person(std::string name, std::string path, std::vector<std::string> columns,
                                std::vector<std::string> paths) {
    return {.name = std::move(name),
            .columns = std::move(columns),
            .rows = {},
            .file = "case_export_20260331",
            .parent = "YoungPerson",
            .parent_link = "YoungPersonID",
            .parent_key = "YoungPersonID",
            .path = std::move(path),
            .column_paths = std::move(paths)};
}

/// Holds the records of the youth justice exports. Attributes stand before the text of their element.
struct YouthJusticeTables {
    // Attributes come first: an element's attributes stand before its text.
    Table people{.name = "YoungPerson",
                 .columns = {"YoungPersonID",
                             "CaseStatus",
                             "Created",
                             "Updated",
                             "Title",
                             "Surname",
                             "Forenames",
                             "MiddleNames",
                             "KnownAs",
                             "DOBEstimated",
                             "DOBDisputed",
                             "DateOfBirth",
                             "DateOfDeath",
                             "Sex",
                             "GenderIdentity",
                             "Ethnicity",
                             "FirstLanguage",
                             "Nationality",
                             "Religion",
                             "Disability",
                             "MultipleBirth",
                             "ImmigrationStatus",
                             "Unaccompanied",
                             "PNCID",
                             "NHSNumberStatus",
                             "NHSNumber",
                             "HomeOfficeRef",
                             "HomeAuthority",
                             "HomeAuthorityChildID",
                             "GuardianForename",
                             "GuardianSurname",
                             "SchoolURN",
                             "SchoolName",
                             "Mobile",
                             "Telephone",
                             "Email",
                             "Restricted",
                             "AddressWithheld",
                             "MarkingReason",
                             "MarkingFrom"},
                 .rows = {},
                 .file = "case_export_20260331",
                 .path = "CaseExport/YoungPeople/YoungPerson",
                 .column_paths = {"@id",
                                  "@status",
                                  "@created",
                                  "@updated",
                                  "Title",
                                  "Surname",
                                  "Forenames",
                                  "MiddleNames",
                                  "KnownAs",
                                  "DateOfBirth/@estimated",
                                  "DateOfBirth/@disputed",
                                  "DateOfBirth",
                                  "DateOfDeath",
                                  "Sex",
                                  "GenderIdentity",
                                  "Ethnicity",
                                  "FirstLanguage",
                                  "Nationality",
                                  "Religion",
                                  "Disability",
                                  "MultipleBirth",
                                  "ImmigrationStatus",
                                  "Unaccompanied",
                                  "Identifiers/PNCID",
                                  "Identifiers/NHSNumber/@status",
                                  "Identifiers/NHSNumber",
                                  "Identifiers/HomeOfficeRef",
                                  "Identifiers/HomeAuthority",
                                  "Identifiers/HomeAuthorityChildID",
                                  "Guardian/Forename",
                                  "Guardian/Surname",
                                  "School/@urn",
                                  "School",
                                  "Contacts/Mobile",
                                  "Contacts/Telephone",
                                  "Contacts/Email",
                                  "Marking/Restricted",
                                  "Marking/AddressWithheld",
                                  "Marking/Reason",
                                  "Marking/From"}};
    Table aliases = under_young_person(
        "Alias", "Aliases/Alias", {"YoungPersonID", "AliasType", "Surname", "Forenames", "MiddleNames", "From", "To"},
        {"", "@type", "Surname", "Forenames", "MiddleNames", "From", "To"});
    Table addresses = under_young_person(
        "Address", "Addresses/Address",
        {"YoungPersonID", "AddressType", "Withheld", "House", "Street", "Locality", "Town", "County", "Postcode",
         "UPRN", "From", "To"},
        {"", "@type", "@withheld", "House", "Street", "Locality", "Town", "County", "Postcode", "UPRN", "From", "To"});
    Table offences =
        under_young_person("Offence", "Offences/Offence",
                           {"OffenceID", "YoungPersonID", "OffenceDate", "OffenceDateTo", "Category", "OffenceCode",
                            "Description", "Gravity", "Plea", "OutcomeDate", "Outcome", "VictimType", "PoliceRef"},
                           {"@id", "", "OffenceDate", "OffenceDateTo", "Category", "OffenceCode", "Description",
                            "Gravity", "Plea", "Outcome/@date", "Outcome", "VictimType", "PoliceRef"});
    Table orders = under_young_person(
        "Order", "Orders/Order",
        {"OrderID", "YoungPersonID", "MainOffenceID", "OrderType", "DateImposed", "StartDate", "EndDate",
         "LengthMonths", "CourtRef", "CourtName", "Breached", "EndReason", "SupervisionLevel", "CaseManagerID"},
        {"@id", "", "MainOffenceID", "OrderType", "DateImposed", "StartDate", "EndDate", "LengthMonths", "Court/@ref",
         "Court", "Breached", "EndReason", "SupervisionLevel", "CaseManagerID"});
    Table programmes = under_young_person(
        "Intervention", "Interventions/Intervention",
        {"InterventionID", "YoungPersonID", "OrderID", "Programme", "Statutory", "StartDate", "EndDate", "Provider",
         "SessionsPlanned", "SessionsAttended", "EndReason", "WorkerID", "TeamID"},
        {"@id", "", "OrderID", "Programme", "Statutory", "StartDate", "EndDate", "Provider", "Sessions/@planned",
         "Sessions/@attended", "EndReason", "WorkerID", "TeamID"});
    Table documents =
        under_young_person("Document", "Documents/Document",
                           {"DocumentID", "DocumentType", "Filed", "Marking", "YoungPersonID", "Title", "DocumentDate",
                            "MediaType", "SizeBytes", "FileName", "Location", "AuthorID", "OrderID"},
                           {"@id", "@type", "@filed", "@marking", "", "Title", "DocumentDate", "File/@mime",
                            "File/@bytes", "File", "Location", "AuthorID", "OrderID"});
    Table teams{.name = "Team",
                .columns = {"TeamID", "TeamName", "Area"},
                .rows = {},
                .file = "case_export_20260331",
                .path = "CaseExport/Teams/Team",
                .column_paths = {"@id", "Name", "Area"}};
    Table practitioners{.name = "Practitioner",
                        .columns = {"PractitionerID", "Name", "Grade", "Email", "TeamID", "StartDate", "LeaveDate"},
                        .rows = {},
                        .file = "case_export_20260331",
                        .path = "CaseExport/Practitioners/Practitioner",
                        .column_paths = {"@id", "Name", "Grade", "Email", "TeamID", "StartDate", "LeaveDate"}};
    Table assessments{
        .name = "Assessment",
        .columns = {"AssessmentID", "YoungPersonID", "AssessmentType", "Stage", "Started", "Completed", "Countersigned",
                    "Reoffending", "YOGRS", "SeriousHarm", "SafetyWellbeing", "SupervisionLevel", "SLCN",
                    "Exploitation", "AssessorID"},
        .rows = {},
        .file = "assetplus_20260331",
        .path = "AssetPlusExport/Assessment",
        .column_paths = {"@id", "@youngPerson", "Type", "Stage", "Started", "Completed", "Countersigned",
                         "Ratings/Reoffending", "Ratings/YOGRS", "Ratings/SeriousHarm", "Ratings/SafetyWellbeing",
                         "SupervisionLevel", "Concerns/SLCN", "Concerns/Exploitation", "AssessorID"}};
};

}  // namespace simulate
