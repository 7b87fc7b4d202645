from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_cache_table"),
    ]

    operations = [
        migrations.AddField(
            model_name="memberstate",
            name="economy",
            field=models.CharField(
                blank=True,
                choices=[
                    ("large_emerging", "Large emerging economy"),
                    ("middle_income", "Middle-income economy"),
                    ("least_developed", "Least developed country"),
                    ("other", "Other"),
                ],
                help_text="As the state itself says; empty where it has said nothing.",
                max_length=20,
                verbose_name="kind of economy",
            ),
        ),
    ]
