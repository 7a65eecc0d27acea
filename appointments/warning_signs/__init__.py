"""The one table of warning signs, and everything that reads it.

levels        how urgent something is
table         signs, conditions and rules of a version, and what level they make together; pure
current       the version that is asked now, as pages need it
reader        finds signs in a text that somebody wrote; pure
second_look   what the patient's own words add to what was ticked
questions     the form of what is asked, on the web and on the phone
care          where to turn at this moment: the clock decides between a phone and an emergency room
urgency_lines whether an article's lines say what the table says
"""
