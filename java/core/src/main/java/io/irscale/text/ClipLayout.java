package io.irscale.text;

/** The layouts that CLIPs are published in. */
public enum ClipLayout {
    /** transformers' {@code CLIPModel} or {@code CLIPTextModel}. */
    TRANSFORMERS,
    /** open_clip. */
    OPEN_CLIP
}
