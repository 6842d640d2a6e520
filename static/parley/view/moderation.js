// What can be done about a message or a person in a room, as far as one may.

/** `write(person)` opens the conversation with somebody; left out where there is only the room. */
export function roomActions({ rooms, me, t, write, copy }) {
  const ofPerson = (room, person) => [
    write && { label: t('write_to', { name: person.name }), run: () => write(person) },
    ...(room.moderator && person.id !== room.owner ? [
      { label: t(person.muted ? 'unmute' : 'mute', { name: person.name }), run: () => rooms.mute(room, person.id, !person.muted) },
      { label: t('expel', { name: person.name }), run: () => rooms.expel(room, person.id), sure: true },
    ] : []),
  ].filter(Boolean);
  const aboutAuthor = (room, { author }) => (author && author.id !== me.id ? ofPerson(room, room.roster.get(author.id) ?? author) : []);
  return {
    /** For a moderator; others have only copying left, and a button for that. */
    ofMessage: (room, message) => [
      { label: t('copy'), run: () => copy(message.content) },
      message.seq && { label: t('remove_message'), run: () => rooms.strike(room, message.seq), sure: true },
      ...aboutAuthor(room, message),
    ].filter(Boolean),
    ofPerson: (room, person) => (person.id === me.id ? [] : ofPerson(room, person)),
    ofRemoved: (room, person) => [{ label: t('readmit', { name: person.name }), run: () => rooms.readmit(room, person.id) }],
    lookForRemoved: (room) => rooms.lookForRemoved(room),
    leave: (room) => rooms.leave(room),
    enter: (room) => rooms.enter(room),
  };
}
