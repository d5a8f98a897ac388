// A program of its own process, spoken to by lines: whatever becomes of it, this one goes on.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace gpu_check {

class Child {
public:
    // Its standard error goes to the end of the file `log`, or where this process has its own if that is empty.
    Child(const std::vector<std::string>& command, const std::string& log);
    // Kills it if it still runs.
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    void write_line(const std::string& line);

    // The next line of its standard output; none when it ends or the time is over.
    std::optional<std::string> read_line(double seconds);

    // Waits for its end, and kills it when the time is over: "" after exit code 0, else how it ended.
    std::string finish(double seconds);

private:
    pid_t pid_ = -1;
    int in_ = -1, out_ = -1;
    std::string buffer_;
};

// Seconds of a clock that only moves forward.
double now();

}  // namespace gpu_check
