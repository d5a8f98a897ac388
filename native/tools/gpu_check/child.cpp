#include "child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <thread>

namespace gpu_check {

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Child::Child(const std::vector<std::string>& command, const std::string& log) {
    int to[2], from[2];
    if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0) throw std::runtime_error("no pipe can be made");
    const int error = log.empty() ? -1 : open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    pid_ = fork();
    if (pid_ == 0) {
        setpgid(0, 0); // so that its own children end with it
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        if (error >= 0) dup2(error, STDERR_FILENO);
        execvp(arguments[0], arguments.data());
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    if (error >= 0) close(error);
    in_ = to[1];
    out_ = from[0];
    if (pid_ < 0) throw std::runtime_error("no process can be made");
}

Child::~Child() {
    if (pid_ > 0) {
        kill(-pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    close(in_);
    close(out_);
}

void Child::write_line(const std::string& line) {
    const std::string text = line + "\n";
    // A program that has ended is found when its answer is read.
    (void)!write(in_, text.data(), text.size());
}

std::optional<std::string> Child::read_line(double seconds) {
    const double end = now() + seconds;
    for (;;) {
        const size_t line = buffer_.find('\n');
        if (line != std::string::npos) {
            std::string out = buffer_.substr(0, line);
            buffer_.erase(0, line + 1);
            return out;
        }
        pollfd readable{out_, POLLIN, 0};
        const double left = std::max(0.0, end - now());
        const int ready = poll(&readable, 1, static_cast<int>(std::min(left, 1e6) * 1000));
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) return std::nullopt;
        char bytes[4096];
        const ssize_t count = read(out_, bytes, sizeof bytes);
        if (count <= 0) return std::nullopt;
        buffer_.append(bytes, static_cast<size_t>(count));
    }
}

std::string Child::finish(double seconds) {
    const double end = now() + seconds;
    int status = 0;
    while (waitpid(pid_, &status, WNOHANG) == 0) {
        if (now() > end) {
            kill(-pid_, SIGKILL);
            waitpid(pid_, &status, 0);
            pid_ = -1;
            return "did not end in time";
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    pid_ = -1;
    if (WIFSIGNALED(status)) return std::string("ended by signal: ") + strsignal(WTERMSIG(status));
    return WEXITSTATUS(status) == 0 ? "" : "ended with exit code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace gpu_check
