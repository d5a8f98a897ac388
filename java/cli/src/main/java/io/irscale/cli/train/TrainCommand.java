package io.irscale.cli.train;

import io.irscale.cli.Interruption;
import io.irscale.cli.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Trains the models that irscale works with. */
@Command(
        name = "train",
        description = "Trains on infrared images; a run that was cut goes on when its command is given again.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExample:%n",
        footer = "  irscale train vae --config vae/config.json --data train --validation val --out run/vae")
public final class TrainCommand {
    private TrainCommand() {}

    /** The command with its own subcommands; {@code interruption} ends them early. */
    public static CommandLine commandLine(Interruption interruption) {
        return new CommandLine(new TrainCommand())
                .addSubcommand(new TrainVocabularyCommand())
                .addSubcommand(new TrainVaeCommand(interruption))
                .addSubcommand(new TrainFluxCommand(interruption))
                .addSubcommand(new TrainLoraCommand(interruption))
                .addSubcommand(new TrainClipCommand(interruption))
                .addSubcommand(new TrainPreviewsCommand(interruption))
                .addSubcommand(new TrainClassifierCommand(interruption));
    }
}
