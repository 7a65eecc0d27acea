"""The forms of the front desk. Each says in one sentence what to do about what was typed; nothing typed is cut off."""
