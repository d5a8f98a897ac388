package io.irscale.cli;

import io.irscale.cli.bench.BenchCommand;
import io.irscale.cli.evaluate.EvaluateCommand;
import io.irscale.cli.parity.ParityCommand;
import io.irscale.cli.reproduce.ReproduceCommand;
import io.irscale.cli.search.SearchCommand;
import io.irscale.cli.train.TrainCommand;
import io.irscale.error.InvalidInputException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The {@code irscale} command. Exit codes: see {@link ExitCode}. */
@Command(
        name = "irscale",
        description = "Generates infrared images with FLUX.1 and keeps the best that a verifier finds.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = HelpCommand.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:a check failed",
            "2:an option or a file is wrong; one line on standard error names it",
            "3:something else failed, such as a library or memory",
            "130:interrupted"
        },
        footerHeading = "%nExample:%n",
        footer = "  irscale doctor")
public final class Main {
    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            description = "Add the stack trace to an error; so does IRSCALE_DEBUG=1.")
    private boolean debug;

    private Main() {}

    /** Runs the command and exits. */
    public static void main(String[] arguments) {
        // Numbers in file names and results have the same digits for everyone.
        Locale.setDefault(Locale.ROOT);
        int code;
        try (Interruption interruption = Interruption.onSignal()) {
            // One writer for all commands, which knows whether all of it was written.
            PrintWriter out = new PrintWriter(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
            code = run(commandLine(interruption).setOut(out), arguments);
        }
        System.exit(code);
    }

    /** The command with its subcommands; its streams can be replaced. */
    static CommandLine commandLine(Interruption interruption) {
        Main main = new Main();
        CommandLine line = new CommandLine(main)
                .addSubcommand(new GenerateCommand(interruption))
                .addSubcommand(new SearchCommand(interruption))
                .addSubcommand(new EvaluateCommand(interruption))
                .addSubcommand(new ReproduceCommand(interruption))
                .addSubcommand(LoraCommand.commandLine(interruption))
                .addSubcommand(TrainCommand.commandLine(interruption))
                .addSubcommand(new BenchCommand(interruption))
                .addSubcommand(new ParityCommand())
                .addSubcommand(new CheckCommand())
                .addSubcommand(new DoctorCommand())
                .setUsageHelpAutoWidth(true);
        ErrorHandling errors = new ErrorHandling(() -> main.debug || "1".equals(System.getenv("IRSCALE_DEBUG")));
        return line.setParameterExceptionHandler(errors).setExecutionExceptionHandler(errors);
    }

    /** Runs it; what picocli lets through, such as a full Java heap, is reported like all else. */
    static int run(CommandLine line, String... arguments) {
        try {
            requireSpelled(arguments);
            int code = line.execute(arguments);
            return line.getOut().checkError() && code == ExitCode.OK
                    ? report(
                            line,
                            "standard output cannot be written: its disk is full, or its reader has gone",
                            ExitCode.FAILED)
                    : code;
        } catch (InvalidInputException e) {
            return report(line, OneLine.of(e), ExitCode.BAD_INPUT);
        } catch (Error e) {
            return report(line, OneLine.of(e), ExitCode.FAILED);
        }
    }

    // Java puts U+FFFD where the locale has no character for a byte: the prompt would be another one, without a word.
    private static void requireSpelled(String... arguments) {
        for (String argument : arguments) {
            if (argument.indexOf('\uFFFD') >= 0) {
                throw new InvalidInputException(
                        "'%s': has characters that are none in this locale, %s; set LC_ALL=C.UTF-8 and write UTF-8"
                                .formatted(argument, System.getProperty("sun.jnu.encoding")));
            }
        }
    }

    private static int report(CommandLine line, String message, int code) {
        PrintWriter err = line.getErr();
        err.println("irscale: " + message);
        err.flush();
        return code;
    }
}
