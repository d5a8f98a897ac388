package io.irscale.cli;

import io.irscale.error.InvalidInputException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Every failure becomes one line on standard error and an exit code. */
final class ErrorHandling implements IParameterExceptionHandler, IExecutionExceptionHandler {
    private final BooleanSupplier debug;

    /** {@code debug}: whether to add stack traces. */
    ErrorHandling(BooleanSupplier debug) {
        this.debug = debug;
    }

    @Override
    public int handleParseException(ParameterException parsed, String[] arguments) {
        CommandLine line = parsed.getCommandLine();
        ParameterException failure = unknownFirst(parsed);
        String command = line.getCommandSpec().qualifiedName();
        String hint = failure instanceof UnmatchedArgumentException unmatched ? meant(unmatched) : "";
        return report(
                line,
                failure,
                OneLine.of(failure).replaceFirst("^Error: ", "") + hint + " (see " + command + " --help)");
    }

    // A misspelt option is missing under its right name as well, which picocli would tell of alone.
    private static ParameterException unknownFirst(ParameterException failure) {
        CommandLine line = failure.getCommandLine();
        List<String> unknown = line.getUnmatchedArguments();
        return failure instanceof MissingParameterException && !unknown.isEmpty()
                ? new UnmatchedArgumentException(line, unknown)
                : failure;
    }

    private static String meant(UnmatchedArgumentException failure) {
        List<String> options = failure.getCommandLine().getCommandSpec().options().stream()
                .map(OptionSpec::longestName)
                .toList();
        String unknown = failure.getUnmatched().getFirst();
        return failure.isUnknownOption() ? "; " + Nearest.hint(unknown, options) : "";
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine line, ParseResult parsed) {
        return report(line, failure, OneLine.of(failure));
    }

    private int report(CommandLine line, Exception failure, String message) {
        PrintWriter err = line.getErr();
        err.println("irscale: " + message);
        if (debug.getAsBoolean()) {
            failure.printStackTrace(err);
        }
        err.flush();
        return switch (failure) {
            case ParameterException _, InvalidInputException _ -> ExitCode.BAD_INPUT;
            case CancellationException _ -> ExitCode.INTERRUPTED;
            default -> ExitCode.FAILED;
        };
    }
}
