package io.irscale.cli.search;

import java.io.PrintWriter;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;

/** All strategies with their settings, as a person reads them. */
final class StrategyTable {
    private static final int WIDTH = 110;
    private static final int NAME = 18;
    private static final int STANDARD = 24;

    private StrategyTable() {}

    static void print(PrintWriter out) {
        for (StrategyEntry entry : StrategyCatalogue.entries()) {
            out.println(entry.name());
            out.println("  " + entry.description());
            out.println("  " + entry.paper());
            TextTable table = TextTable.forColumns(
                    Help.defaultColorScheme(Ansi.OFF),
                    new Column(NAME, 4, Overflow.SPAN),
                    new Column(STANDARD, 1, Overflow.SPAN),
                    new Column(WIDTH - NAME - STANDARD, 1, Overflow.WRAP));
            for (Setting setting : entry.settings()) {
                table.addRowValues(
                        setting.name(), "= " + setting.standard(), setting.meaning() + " (" + setting.range() + ")");
            }
            out.println(table);
        }
        out.println("Settings with their defaults, what they mean, and what they may be. For example:");
        out.println("  --strategy zero-order --set neighbours=8 --set cosine=0.9");
        out.flush();
    }
}
