// What the parts of a run found, in files: one a part as soon as it is done, and all of them as one table.
#pragma once

#include <string>
#include <vector>

#include "json.h"
#include "parts.h"

namespace gpu_check {

struct Counts {
    int pass = 0, fail = 0, measured = 0, skipped = 0;
    std::string text() const;
};

struct Result {
    std::string part;
    std::string key;  // what it is true of: the build, the machine, the form
    std::string note; // how its process ended where that was not well
    double seconds = 0;
    std::vector<Json> rows;

    Counts counts() const;
    bool good() const { return note.empty() && counts().fail == 0 && !rows.empty(); }

    Json json() const;
    static Result of(const Json& json);
};

// Whole or not at all.
void write_file(const std::string& file, const std::string& text);

// What is known of the parts, in Markdown: verdicts, failures, figures, targets.
std::string table_of(const std::vector<Part>& parts, const std::vector<Result>& results, const Settings& settings);

}  // namespace gpu_check
