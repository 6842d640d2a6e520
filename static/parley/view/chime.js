// Two soft notes, computed instead of loaded.

const NOTES = [[660, 0], [880, 0.12]];
const LENGTH = 0.35;
const LOUDNESS = 0.12;

export class Chime {
  #audio = null;

  async play() {
    try {
      this.#audio ??= new AudioContext();
      await this.#audio.resume();
      for (const [pitch, after] of NOTES) this.#note(pitch, this.#audio.currentTime + after);
    } catch {
      // No sound device, or the browser wants a click first: the number in the title has to do.
    }
  }

  stop() {
    this.#audio?.close();
    this.#audio = null;
  }

  #note(pitch, start) {
    const tone = this.#audio.createOscillator();
    const volume = this.#audio.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(LOUDNESS, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + LENGTH);
    tone.connect(volume).connect(this.#audio.destination);
    tone.start(start);
    tone.stop(start + LENGTH);
  }
}
