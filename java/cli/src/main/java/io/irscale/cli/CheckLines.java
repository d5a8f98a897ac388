package io.irscale.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Help.Ansi;

/** How {@code check} prints what it found. */
final class CheckLines {
    private final PrintWriter out;

    CheckLines(PrintWriter out) {
        this.out = out;
    }

    void head(Path path, boolean usable, String what) {
        String mark = usable ? Ansi.AUTO.string("@|green ok|@ ") : Ansi.AUTO.string("@|bold,red no|@ ");
        out.println(mark + " " + OneLine.of(path + ": " + what));
    }

    void line(String label, String text) {
        out.println("    %-8s %s".formatted(label, OneLine.of(text)));
    }

    void plain(String text) {
        out.println(text);
    }
}
